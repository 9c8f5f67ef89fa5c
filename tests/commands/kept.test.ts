import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/insights/report.ts';
import { openStore } from '../../src/store/open.ts';
import { aCard, aDecision, overridden, uuid } from '../store/records.ts';
import { run } from './run.ts';

const SECRET = 'Margaret had it elsewhere';
const dir = mkdtempSync(join(tmpdir(), 'rehab-first-kept-'));
const env = { DATA_DIR: join(dir, 'read') };
const HERE = { client: '', tenant: '' };
const THERE = { client: 'north', tenant: 'ward' };

/** A store with a showing and an override each for the same patient id at two clients. */
async function fill(dataDir: string): Promise<void> {
  const store = await openStore({ dataDir }, { clock: () => new Date(), keepComments: true });
  const time = new Date(Date.now() - 60_000);
  for (const [number, caller] of [HERE, THERE].entries()) {
    const cards = [aCard({ uuid: uuid(number), card: 'trochanteric-injection' })];
    await store.recordDecision(aDecision({ ...caller, time, cards, hookInstance: `call-${number}` }));
    const overrideReason = { reason: { code: 'rehab-done-elsewhere' }, userComment: SECRET };
    const outcomeTimestamp = new Date().toISOString();
    await store.recordFeedback([overridden({ card: uuid(number), overrideReason, outcomeTimestamp })], caller);
  }
  await store.close();
}
beforeAll(() => fill(env.DATA_DIR));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const linesOf = (text: string) => text.trimEnd().split(/\r?\n/);

describe('insights', () => {
  test('is Markdown unless told', async () => {
    const { code, stdout } = await run(['insights'], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# What the cards did/);
    expect(stdout).toContain('| a card was shown | 2 | 100 % |');
  });

  test('as JSON and as CSV', async () => {
    const { stdout } = await run(['insights', '--format', 'json', '--weeks', '2'], env);
    expect((JSON.parse(stdout) as Report).funnel).toMatchObject({ inScope: 2, shown: 2, accepted: 0 });
    const csv = (await run(['insights', '--format=csv'], env)).stdout;
    expect(linesOf(csv)).toHaveLength(3);
    expect(csv).toContain('overridden:rehab-done-elsewhere');
  });

  test.each([
    [['--format', 'xml'], /--format must be one of md, json, csv/],
    [['--weeks', '0'], /weeks must be/],
    [['--week', '3'], /Unknown option '--week'/],
    [['extra'], /Unexpected argument/],
  ])('%j is refused in a sentence', async (args, says) => {
    const { code, stderr } = await run(['insights', ...args], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
    expect(linesOf(stderr)).toHaveLength(1);
  });

  test('a folder that is not there is no empty store', async () => {
    const nowhere = join(dir, 'nowhere');
    const { code, stderr } = await run(['insights'], { DATA_DIR: nowhere });
    expect(code).toBe(1);
    expect(stderr).toContain('there is no store in');
    expect(existsSync(nowhere)).toBe(false);
  });
});

describe('exports', () => {
  test('audit: an AuditEvent a line, without the patient, the comment or a resource', async () => {
    const { stdout } = await run(['audit'], env);
    const events = linesOf(stdout).map((line) => JSON.parse(line) as { resourceType: string });
    expect(events.map(({ resourceType }) => resourceType)).toEqual(['AuditEvent', 'AuditEvent']);
    expect(stdout).not.toMatch(/margaret|Condition\//i);
    expect((await run(['audit', '--since', '2020-01-01', '--until', '2020-01-31'], env)).stdout).toBe('');
  });

  test('feedback: CSV with comments only when asked for, and JSON lines', async () => {
    const plain = (await run(['feedback'], env)).stdout;
    expect(linesOf(plain)).toHaveLength(3);
    expect(plain).toContain('trochanteric-injection,1.0.0');
    expect(plain).not.toContain('Margaret');
    expect((await run(['feedback', '--comments'], env)).stdout).toContain(SECRET);
    const { stdout } = await run(['feedback', '--format', 'ndjson'], env);
    expect(linesOf(stdout).map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual([
      'rehab-done-elsewhere',
      'rehab-done-elsewhere',
    ]);
    expect(linesOf(plain)[1]).toContain(',rehab-done-elsewhere,,action-completed');
    expect(JSON.parse(linesOf(stdout)[0] ?? '')).toMatchObject({ reasonStandard: 'action-completed' });
  });
});

describe('erase', () => {
  test.each([
    [['--client', 'north'], /--patient is missing/],
    [['--patient', 'Patient/1'], /without "Patient\/"/],
  ])('%j is refused', async (args, says) => {
    const { code, stderr } = await run(['erase', ...args], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
  });

  test('removes a patient of one client and tenant, and nobody else', async () => {
    const env = { DATA_DIR: join(dir, 'erased') };
    await fill(env.DATA_DIR);
    const { patient } = aDecision();
    const other = await run(['erase', '--patient', patient, '--client', 'south'], env);
    expect(other.stdout).toMatch(/^Erased 0 decisions and 0 items of feedback\.\n/);
    expect(other.stdout).toMatch(/with --client 'south' only.* for example .*: .* by --client and --tenant/);
    const erased = await run(['erase', '--patient', patient, '--client', 'north', '--tenant', 'ward'], env);
    expect(erased.stdout).toBe('Erased 1 decision and 1 item of feedback.\n');
    const { stdout } = await run(['insights', '--format', 'json'], env);
    expect((JSON.parse(stdout) as Report).clients.map(({ client }) => client)).toEqual(['']);
    expect((await run(['erase', '--patient', patient], env)).stdout).toBe(
      'Erased 1 decision and 1 item of feedback.\n',
    );
    const nobodyLeft = await run(['erase', '--patient', patient], env);
    expect(nobodyLeft.stdout).toBe('Erased 0 decisions and 0 items of feedback.\n');
  });

  test('that found nothing without --client says whose patients there are', async () => {
    const env = { DATA_DIR: join(dir, 'of-a-client') };
    const store = await openStore({ dataDir: env.DATA_DIR }, { clock: () => new Date() });
    await store.recordDecision(aDecision({ ...THERE, time: new Date(Date.now() - 1000) }));
    await store.close();
    const { stdout } = await run(['erase', '--patient', aDecision().patient], env);
    expect(stdout).toContain(
      "in open mode only. The store has calls of others, for example with --client 'north' --tenant 'ward'",
    );
  });
});
