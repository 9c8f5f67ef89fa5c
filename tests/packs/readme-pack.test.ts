import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { considerCall } from '../../src/answer.ts';
import { parseHookRequest } from '../../src/cds-hooks/request.ts';
import { check } from '../../src/cli/check.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

/** A pack for another field, written in `cards/` form alone: the one that `cards/README.md` prints whole. */
const page = readFileSync('cards/README.md', 'utf8');
const section = page.slice(page.indexOf('## 9. A complete small pack'), page.indexOf('## 10.'));
const files = new Map(
  [...section.matchAll(/`([\w./-]+\.(?:yaml|json))`[^\n]*\n\n```\w*\n([\s\S]*?)```/g)].map(
    ([, name = '', text = '']) => [name, text],
  ),
);
const dir = mkdtempSync(join(tmpdir(), 'rehab-first-pack-'));
for (const [name, text] of files) {
  if (name === 'request.json') continue;
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), text);
}
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('the small pack of cards/README.md loads, and its vignettes hold', () => {
  expect(files.size).toBeGreaterThan(8);
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
  const own = parseHookRequest(JSON.parse(files.get('request.json') ?? '{}'), ['order-select', 'order-sign']);
  expect((await considerCall(serviceFor(own.hook), own, deps)).response.cards).toHaveLength(1);
  const ours = JSON.parse(readFileSync('fixtures/requests/order-select/gluteal-no-rehab.json', 'utf8'));
  const other = parseHookRequest(ours, ['order-select', 'order-sign']);
  expect((await considerCall(serviceFor(other.hook), other, deps)).response.cards).toEqual([]);
});
