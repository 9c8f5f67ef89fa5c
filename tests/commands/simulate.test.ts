import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesOf } from '../support/files.ts';
import { population, writeBulk } from '../support/population.ts';
import { type Ran, run } from './run.ts';

const dir = mkdtempSync(join(tmpdir(), 'rehab-first-simulate-command-'));
const folder = join(dir, 'export');
const out = (name: string) => join(dir, name);
let one: Ran;
beforeAll(async () => {
  writeBulk(folder, population(36), { perFile: 200 });
  one = await run(['simulate', folder, '--complete', '--workers', '1', '--out', out('one')]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('simulate', () => {
  test('leaves a report, and what to review', () => {
    expect(one.code, one.stderr).toBe(0);
    expect(one.stdout).toMatch(
      /^\d+ cards for \d+ orders of 36 patients \([\d.]+ per 1,000 orders\)\.\nThe report is .*report\.html, and the cards to review are .*sample\.html\n$/,
    );
    expect(one.stderr).toBe('');
    expect(Object.keys(filesOf(out('one'))).sort()).toEqual(
      [
        'firings.csv',
        'problems.csv',
        'report.html',
        'report.json',
        'report.md',
        'result.json',
        'sample.csv',
        'sample.html',
      ].sort(),
    );
  });

  test('partitions, merged, are the whole', async () => {
    for (const k of [1, 2, 3]) {
      const part = await run(['simulate', folder, '--complete', '--partition', `${k}/3`, '--out', out(`part${k}`)]);
      expect(part.code, part.stderr).toBe(0);
    }
    const merged = await run(['simulate', 'merge', out('part1'), out('part2'), out('part3'), '--out', out('merged')]);
    expect(merged.code, merged.stderr).toBe(0);
    expect(filesOf(out('merged'))).toEqual(filesOf(out('one')));
  });

  test('a reviewed sample comes back as counts, also as a spreadsheet writes it', async () => {
    const sample = join(dir, 'sample.csv');
    writeFileSync(
      sample,
      '\uFEFFnumber;verdict;comment;card\r\n1;Right;"fine; ""really""";a\r\n2;wrong;"two\nlines";a\r\n3;;;b\r\n4;maybe;;b\r\n',
    );
    const { stdout, code } = await run(['simulate', 'review', sample]);
    expect(code).toBe(0);
    expect(stdout).toContain('| a | 1 | 1 | 0 | 0 |');
    expect(stdout).toContain('| b | 0 | 0 | 0 | 1 |');
    const both = await run(['simulate', 'review', sample, sample]);
    expect(both.stdout).toContain('| a | 2 | 2 | 0 | 0 |');
    expect(both.stdout).toContain('Judged by more than one reviewer: 2; all of one mind: 2.');
    expect(stdout).toContain('File 1, record 5: "maybe" is not one of right, wrong, unsure.');
  });

  test.each([
    [[], /Name the folder/],
    [['/nowhere'], /is no folder that can be read/],
    [['a', 'b'], /one too many/],
    [['a', '--partition', '4/3'], /--partition takes k\/n/],
    [['a', '--workers', '0'], /--workers must be a whole number from 1 to 256/],
    [['a', '--what'], /Unknown option '--what'/],
    [['merge'], /nothing to merge/],
    [['merge', '/nowhere'], /no simulation was finished there/],
    [[folder, '--out', folder], /Write to another folder/],
    [['review', '/nowhere'], /cannot be read/],
    [['review', 'package.json'], /This is no sample/],
  ])('%j is refused in a sentence', async (args, says) => {
    const { code, stderr } = await run(['simulate', ...args]);
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('many patients', () => {
  /** Most memory that a run may take, in MB: what the pack itself needs, and one part of charts. */
  const HEAP = 160;
  const many = join(dir, 'many');
  const options = ['--complete', '--workers', '1'];
  beforeAll(async () => {
    writeBulk(many, population(700), { perFile: 50_000 });
    const { code, stderr } = await run(['simulate', many, ...options, '--out', out('uninterrupted')], {
      NODE_OPTIONS: `--max-old-space-size=${HEAP}`,
    });
    expect(code, stderr).toBe(0);
  });

  test('come to the same with three workers', async () => {
    const three = await run(['simulate', many, '--complete', '--out', out('three')], { WORKERS: '3' });
    expect(three.code, three.stderr).toBe(0);
    expect(filesOf(out('three'))).toEqual(filesOf(out('uninterrupted')));
  });

  test('take no more memory than some', () => {
    const bytes = readdirSync(many).reduce((sum, name) => sum + statSync(join(many, name)).size, 0);
    expect(bytes).toBeGreaterThan(25_000_000);
  });

  test.each([
    ['while it reads', 'charts'],
    ['while it judges', 'judged-'],
  ])('killed %s and started again, it leaves the same files, byte by byte', async (_, folderName) => {
    const to = out(`killed-${folderName}`);
    const work = join(to, 'work');
    const child = spawn(process.execPath, ['bin/rehab-first.js', 'simulate', many, ...options, '--out', to]);
    const ended = once(child, 'exit');
    const written = () =>
      existsSync(work)
        ? readdirSync(work)
            .filter((name) => name.startsWith(folderName) && !name.includes('.'))
            .flatMap((name) => readdirSync(join(work, name)))
        : [];
    while (written().length === 0 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    expect((await ended)[1]).toBe('SIGKILL');
    expect(readdirSync(to)).toEqual(['work']);
    expect(existsSync(join(work, 'charts.json'))).toBe(folderName === 'judged-');
    const again = await run(['simulate', many, ...options, '--out', to]);
    expect(again.code, again.stderr).toBe(0);
    expect(readdirSync(to)).not.toContain('work');
    expect(filesOf(to)).toEqual(filesOf(out('uninterrupted')));
  });
});

describe('export', () => {
  test('is a Bundle, or a resource a line', async () => {
    const bundle = JSON.parse((await run(['export'])).stdout) as { entry: { resource: object }[] };
    const lines = (await run(['export', '--format', 'ndjson'])).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(bundle.entry.map(({ resource }) => resource));
    expect(lines.length).toBeGreaterThan(100);
  });
});
