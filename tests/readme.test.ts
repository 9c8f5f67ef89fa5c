import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { considerCall } from '../src/answer.ts';
import { parseHookRequest } from '../src/cds-hooks/request.ts';
import { exampleRequest } from '../src/cli/example.ts';
import { dayIn } from '../src/clinical/dates.ts';
import { SETTINGS } from '../src/config.ts';
import * as errors from '../src/errors.ts';
import { loadKnowledge } from '../src/knowledge/load.ts';
import { PARTS, RECORDED, SIMULATED } from './browser/recorded.ts';

const readme = readFileSync('README.md', 'utf8');
const rowsOf = (heading: string): string[][] => {
  const from = readme.slice(readme.indexOf(heading));
  return (from.match(/(?:^\|.*\n)+/m)?.[0] ?? '')
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
};

test('the pictures shown here and in docs/ are those that `npm run record` takes', () => {
  const pages = ['README.md', ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];
  const shown = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?:docs\/)?pictures\/([\w-]+)\.png\)/g)].map(([, name]) => name),
  );
  const taken = [...RECORDED, ...PARTS, ...SIMULATED].sort();
  expect([...new Set(shown)].sort()).toEqual(taken);
  expect(readdirSync('docs/pictures').sort()).toEqual(taken.map((name) => `${name}.png`));
});

describe('the README', () => {
  test('has every setting, and no other', () => {
    expect(
      rowsOf('| setting |')
        .map(([name]) => name)
        .sort(),
    ).toEqual([...SETTINGS].sort());
  });

  test('has every error with its status and issue type, and no other', () => {
    const classes = Object.values(errors).filter((one) => one !== errors.ServiceError) as (new (
      message: string,
    ) => errors.ServiceError)[];
    const thrown = classes.map((one) => new one('')).map(({ code, status, issue }) => [code, String(status), issue]);
    expect(
      rowsOf('| code |')
        .map((row) => row.slice(0, 3))
        .sort(),
    ).toEqual(thrown.sort());
  });

  test('has only commands that a spec or .ci/run runs', () => {
    const commands = [...readme.matchAll(/```sh\n([^`]*)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));
    const ci = readFileSync('.ci/run', 'utf8').replaceAll(/^#.*$/gm, '');
    const specs = readFileSync('tests/commands/serve.test.ts', 'utf8');
    for (const command of commands) {
      const parts = command.startsWith('curl ') ? [] : command.split(' && ');
      expect(
        parts.filter((part) => !ci.includes(part)),
        command,
      ).toEqual([]);
    }
    expect(specs).toContain("startsWith('curl ')");
    for (const script of ['lint', 'types', 'cards:check']) expect(ci).toContain(`npm run ${script}`);
  });

  test('shows the card that the printed curl returns', async () => {
    const knowledge = loadKnowledge({ dir: 'cards' });
    const day = new Date('2026-11-24T12:00:00Z');
    const request = parseHookRequest(JSON.parse(exampleRequest(dayIn(day, 'UTC'))), ['order-select']);
    const deps = { knowledge, timeZone: 'UTC', clock: () => day, openReader: () => undefined };
    const [card] = (await considerCall('rehab-first-order-select', request, deps)).response.cards;
    const quoted = readme.replaceAll(/\n> ?/g, '\n').replaceAll(/\s+/g, ' ');
    for (const paragraph of [card?.summary ?? '', ...(card?.detail ?? '').split('\n\n')])
      expect(quoted).toContain(paragraph);
    for (const { label } of card?.suggestions ?? []) expect(quoted).toContain(`[${label}]`);
  });

  test('names only files that are there', () => {
    for (const [, path = ''] of readme.matchAll(/`((?:cards|src|fixtures)\/[\w./-]*)`/g)) {
      const parts = path.replace(/\/$/, '').split('/');
      const parent = parts.slice(0, -1).join('/') || '.';
      expect(readdirSync(parent), path).toContain(parts.at(-1));
    }
  });

  test('[X-07] names the services that are published', () => {
    const listed = loadKnowledge({ dir: 'cards' }).services.map(({ hook, id }) => [hook, id]);
    expect(rowsOf('| hook |')).toEqual(listed);
  });
});
