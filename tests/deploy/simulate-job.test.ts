import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { run, shell } from '../commands/run.ts';
import { filesOf } from '../support/files.ts';
import { population, writeBulk } from '../support/population.ts';

const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/simulate.md', 'utf8')) ?? [];
const job = parse(text);
const { spec } = job;
const [container] = spec.template.spec.containers;

const dir = mkdtempSync(join(tmpdir(), 'rehab-first-simulate-job-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the Job of docs/simulate.md', () => {
  test('follows the schema of Kubernetes, which does find faults', () => {
    expect(() => new Job(job).validate()).not.toThrow();
    expect(() => new Job({ ...job, spec: { ...spec, completions: 'all' } }).validate()).toThrow();
  });

  test('runs the image of the deployment, as the same user and with no more rights', () => {
    const deployment = parse(readFileSync('deploy/kubernetes/deployment.yaml', 'utf8')).spec.template.spec;
    expect(container.image).toBe(deployment.containers[0].image);
    expect(container.securityContext).toEqual(deployment.containers[0].securityContext);
    expect(spec.template.spec.securityContext).toEqual({ ...deployment.securityContext, fsGroup: 1000 });
    expect(container.resources.requests).toMatchObject({ cpu: '1' });
    expect(container.resources.limits.memory).toBeDefined();
    const mounts = container.volumeMounts.map(({ name }: { name: string }) => name);
    expect(spec.template.spec.volumes.map(({ name }: { name: string }) => name)).toEqual(mounts);
  });

  test('gives, share by share, what one run gives', async () => {
    const [folder, out, whole] = ['export', 'out', 'whole'].map((name) => join(dir, name)) as [string, string, string];
    writeBulk(folder, population(18), {});
    mkdirSync(out);
    const [sh, option, line] = container.command as [string, string, string];
    expect([sh, option]).toEqual(['sh', '-c']);
    const here = line.replace('/export', folder).replace('/out', out);
    for (let index = 0; index < spec.completions; index += 1) {
      const { code, stderr } = await shell(`export JOB_COMPLETION_INDEX=${index}; ${here}`);
      expect(code, stderr).toBe(0);
    }
    const merged = await shell(`node bin/rehab-first.js simulate merge ${out}/* --out ${out}/report`);
    expect(merged.code, merged.stderr).toBe(0);
    await run(['simulate', folder, '--out', whole]);
    expect(filesOf(join(out, 'report'))).toEqual(filesOf(whole));
  });
});
