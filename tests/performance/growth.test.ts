import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Payload, payloads, type Scope } from '../../bench/payloads.ts';
import { considerCall, type Deps } from '../../src/answer.ts';
import { parseHookRequest } from '../../src/cds-hooks/request.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { Knowledge } from '../../src/knowledge/types.ts';
import { writeManyCards, writeManyCodes } from '../support/many-cards.ts';
import { bestOfTries, timesTheEffort, type Work } from './effort.ts';
import { GROWTH } from './limits.ts';

const TODAY = new Date('2026-11-24T12:00:00Z');
const MANY_CARDS = 1000;
const MANY_CODES = 10_000;
const SERVICE = 'rehab-first-order-select';
const CALLS = 40;

const dir = mkdtempSync(join(tmpdir(), 'rehab-first-growth-'));
const bodies = payloads(TODAY, [12, 108, 1000]);
let few: Knowledge;
let manyCards: Knowledge;
let manyCodes: Knowledge;

const load = (folder: string) => loadKnowledge({ dir: folder, skipsVignettes: true });

beforeAll(() => {
  few = load('cards');
  const [cards, codes] = [join(dir, 'cards'), join(dir, 'codes')];
  writeManyCards(cards, MANY_CARDS - few.cards.length);
  writeManyCodes(codes, MANY_CODES);
  [manyCards, manyCodes] = [load(cards), load(codes)];
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const payloadOf = (size: Payload['size'], scope: Scope): Payload => {
  const found = bodies.find((one) => one.size === size && one.scope === scope);
  if (found === undefined) throw new Error(`no ${size} KB ${scope}`);
  return found;
};

/** Calls answered from the parsed request on, without the body's own parsing. */
function answering(knowledge: Knowledge, payload: Payload, calls = CALLS): Work {
  const deps: Deps = { knowledge, timeZone: 'UTC', clock: () => TODAY, openReader: () => undefined };
  const requests = payload.bodies.map((body) => body.toString());
  return async () => {
    const parsed = Array.from({ length: calls }, (_, index) =>
      parseHookRequest(JSON.parse(requests[index % requests.length] ?? ''), ['order-select']),
    );
    for (const request of parsed) {
      const { response } = await considerCall(SERVICE, request, deps);
      if (response.cards.length !== (payload.scope === 'in scope' ? 1 : 0)) throw new Error('another answer');
    }
    return calls;
  };
}

test('the packs are what they are called', () => {
  expect(manyCards.cards).toHaveLength(MANY_CARDS);
  const malignancy = manyCodes.terminology.concepts.get('malignancy')?.valueSets ?? [];
  expect(Math.max(...malignancy.map(({ codes }) => codes.size))).toBeGreaterThan(MANY_CODES);
});

test.each([
  ['in scope', GROWTH.cardsInScope, CALLS],
  ['out of scope', GROWTH.cardsOutOfScope, CALLS * 10],
] as const)('%s, a call costs the same with a thousand cards as with a few', async (scope, most, calls) => {
  const payload = payloadOf(12, scope);
  const grown = await bestOfTries(most, () =>
    timesTheEffort(answering(manyCards, payload, calls), answering(few, payload, calls)),
  );
  expect(grown).toBeLessThan(most);
});

test('a thousand cards are loaded in far less than in proportion', async () => {
  const loading = (folder: string) => async () => {
    load(folder);
    return 1;
  };
  const grown = await bestOfTries(GROWTH.load, () => timesTheEffort(loading(join(dir, 'cards')), loading('cards')));
  expect(grown).toBeLessThan(GROWTH.load);
});

test('ten thousand codes in a value set cost nothing', async () => {
  const payload = payloadOf(108, 'in scope');
  const grown = await bestOfTries(GROWTH.codes, () =>
    timesTheEffort(answering(manyCodes, payload), answering(few, payload)),
  );
  expect(grown).toBeLessThan(GROWTH.codes);
});

test('a chart nine times as large costs no more than in proportion', async () => {
  const [small, large] = [payloadOf(108, 'in scope'), payloadOf(1000, 'in scope')];
  const grown = await bestOfTries(GROWTH.chart, () =>
    timesTheEffort(answering(few, large, CALLS / 4), answering(few, small, CALLS)),
  );
  expect(grown).toBeLessThan(GROWTH.chart);
});
