import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Random } from '../../fixtures/history/random.ts';
import { reportOf } from '../../src/simulate/report.ts';
import { reportHtml } from '../../src/simulate/report-html.ts';
import { reportMarkdown } from '../../src/simulate/report-markdown.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { population, writeBulk } from '../support/population.ts';

const dir = mkdtempSync(join(tmpdir(), 'rehab-first-odd-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const ODD = [
  null,
  7,
  -1,
  '',
  '2026-13-45',
  '9999',
  'a\tb\nc',
  [],
  [null],
  {},
  { reference: 7 },
  true,
  '\ud800',
  '__proto__',
];

/** A value with something odd in place of one of its parts. */
function oddly(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.15)) return random.of(ODD);
  const keys = Object.keys(value);
  const key = random.of(keys);
  const changed = { ...value, [key ?? 'x']: oddly((value as Record<string, unknown>)[key ?? ''], random) };
  return Array.isArray(value) ? Object.values(changed) : changed;
}

test.each([1, 2, 3])('whatever stands in a resource, the run comes to its end (seed %d)', async (seed) => {
  const random = new Random(seed);
  const folder = join(dir, String(seed));
  writeBulk(folder, population(40));
  for (const name of readdirSync(folder)) {
    const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
    const odd = lines.map((line) => (random.chance(0.4) ? JSON.stringify(oddly(JSON.parse(line), random)) : line));
    writeFileSync(join(folder, name), `${odd.join('\n')}\n`);
  }
  const out = join(dir, `out-${seed}`);
  const asked = {
    folder,
    out,
    share: { k: 1, n: 1 },
    workers: 1,
    knowledge: { dir: 'cards' },
    seed: '1',
    sampleSize: 9,
  };
  const result = await simulate({ ...asked, isAll: true, keepWork: false }, () => {});
  const report = reportOf(result);
  expect(report.patients.read).toBeGreaterThan(20);
  expect(report.cards.shown).toBeGreaterThan(0);
  expect(reportHtml(report) + reportMarkdown(report)).not.toMatch(/NaN|undefined|\[object/);
});
