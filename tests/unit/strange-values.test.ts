import { expect, test } from 'vitest';
import { considerCall } from '../../src/answer.ts';
import { parseHookRequest } from '../../src/cds-hooks/request.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { patientOf } from '../../src/simulate/resources.ts';
import { readRequest } from '../support/fixtures.ts';

const knowledge = loadKnowledge({ dir: 'cards', skipsVignettes: true });
const deps = { knowledge, timeZone: 'UTC', clock: () => new Date('2026-11-24T12:00:00Z'), openReader: () => undefined };
const request = readRequest('order-select/gluteal-no-rehab.json');

const deep: unknown = JSON.parse('['.repeat(60_000) + ']'.repeat(60_000));
const STRANGE: readonly (readonly [string, unknown])[] = [
  ['an object with a member of the name toString', { toString: 1, valueOf: 1 }],
  ['a list of one', [{ toString: 1 }]],
  ['a list in a list, 60,000 deep', deep],
];

/** Every place in a JSON value, lists by their first element. */
function placesIn(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  const members = Array.isArray(value) ? value.slice(0, 2).map((one, at) => [at, one] as const) : Object.entries(value);
  return members.flatMap(([key, one]) => [[key], ...placesIn(one).map((rest) => [key, ...rest])]);
}

function withStrange(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.with(Number(key), withStrange(value[Number(key)], rest, by));
  const members = value as Record<string, unknown>;
  return { ...members, [key]: withStrange(members[key], rest, by) };
}

test.each(STRANGE)('%s, in any place of a chart, fails nobody', async (_, by) => {
  const places = placesIn(request.prefetch);
  expect(places.length).toBeGreaterThan(500);
  for (const place of places) {
    const call = parseHookRequest({ ...request, prefetch: withPrefetch(place, by) }, ['order-select']);
    await considerCall('rehab-first-order-select', call, deps).catch((error) => {
      expect(['chart-incomplete', 'invalid-request', 'wrong-patient'], `${place.join('.')}: ${error.stack}`).toContain(
        error.code,
      );
    });
  }
});

/** What the envelope is held to stays as it is. */
function withPrefetch(place: readonly (string | number)[], by: unknown): object {
  const isEnvelope = place.length === 1 || (place.length === 2 && place[1] === 'resourceType');
  return (isEnvelope ? request.prefetch : withStrange(request.prefetch, place, by)) as object;
}

test.each(STRANGE.slice(0, 2))('%s, in any place of a draft order, fails nobody', async (_, by) => {
  const [entry] = request.context.draftOrders.entry ?? [];
  for (const place of placesIn(entry)) {
    const draftOrders = { resourceType: 'Bundle', entry: [entry, withStrange(entry, place, by)] };
    const call = parseHookRequest({ ...request, context: { ...request.context, draftOrders } }, ['order-select']);
    await considerCall('rehab-first-order-select', call, deps).catch((error) =>
      expect(['chart-incomplete', 'invalid-request', 'wrong-patient'], `${place.join('.')}: ${error.stack}`).toContain(
        error.code,
      ),
    );
  }
});

test.each(STRANGE)('%s as the reference to a patient is about nobody', (_, reference) => {
  expect(patientOf({ resourceType: 'Condition', id: 'c', subject: { reference } })).toBeUndefined();
});
