import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { considerCall } from '../../src/answer.ts';
import { parseHookRequest } from '../../src/cds-hooks/request.ts';
import { check } from '../../src/cli/check.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

/** A pack for another field, written in `cards/` form alone. `cards/README.md` quotes it whole, and a call for it. */
const dir = 'tests/packs/knee';
const REQUEST = 'tests/packs/knee.request.json';
const text = (path: string) => readFileSync(path, 'utf8');

test('cards/README.md quotes the pack and its request as they are, every file of them', () => {
  const page = text('cards/README.md');
  const section = page.slice(page.indexOf('## 9. A complete small pack'), page.indexOf('## 10.'));
  const quoted = [...section.matchAll(/`([\w./-]+\.(?:yaml|json))`[^\n]*\n\n```\w*\n([\s\S]*?)```/g)];
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`);
  const lying = [['request.json', text(REQUEST)], ...files.map((path) => [path.slice(dir.length + 1), text(path)])];
  expect(Object.fromEntries(quoted.map(([, name, quote]) => [name, quote]))).toEqual(Object.fromEntries(lying));
  expect(files).toHaveLength(12);
  expect(section).toContain('Twelve files');
});

test('the pack loads, and its vignettes hold', () => {
  const printed: string[] = [];
  const isWell = check({ cardsDir: dir, codeSystemsOff: [] }, (line) => printed.push(line));
  expect(printed).toContain('All well.');
  expect(isWell).toBe(true);
});

test('it answers its own request, and stays silent for orders of this package', async () => {
  const knowledge = loadKnowledge({ dir });
  const serviceFor = (hook: string) => knowledge.services.find((one) => one.hook === hook)?.id ?? '';
  const deps = {
    knowledge,
    timeZone: 'UTC',
    clock: () => new Date('2026-11-24T12:00:00Z'),
    openReader: () => undefined,
  };
  const own = parseHookRequest(JSON.parse(text(REQUEST)), ['order-select', 'order-sign']);
  expect((await considerCall(serviceFor(own.hook), own, deps)).response.cards).toHaveLength(1);
  const ours = JSON.parse(text('fixtures/requests/order-select/gluteal-no-rehab.json'));
  const other = parseHookRequest(ours, ['order-select', 'order-sign']);
  expect((await considerCall(serviceFor(other.hook), other, deps)).response.cards).toEqual([]);
});
