import type { CapabilityStatement } from 'fhir/r4.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchParameter, valuesOf } from '../../src/demo/search-parameters.ts';
import { allPatients, readPatient } from '../support/fixtures.ts';
import { type DemoApp, startDemoApp } from './server.ts';

let app: DemoApp;
beforeAll(async () => {
  app = await startDemoApp('2026-11-24');
});
afterAll(() => app.close());

type Json = Record<string, unknown>;
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const NAMED = ['family', 'given', 'text', 'line', 'city', 'state', 'postalCode', 'country'];

/** What finds a value, by the type of its search parameter. http://hl7.org/fhir/R4/search.html#ptypes */
function wordsFor(kind: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  const whole = value as Json;
  switch (kind) {
    case 'reference':
      return [whole.reference];
    case 'date':
      return [whole.start ?? whole.end];
    case 'token':
      return (list(whole.coding ?? whole) as Json[]).flatMap(({ system, code, value: id }) => {
        const word = code ?? id;
        return word === undefined ? [] : [word, ...(system === undefined ? [] : [`${system}|${word}`])];
      });
    default:
      return NAMED.flatMap((name) => list(whole[name]));
  }
}

test('every search parameter that metadata advertises finds what the charts have', async () => {
  const charts = allPatients().flatMap((name) => (readPatient(name).entry ?? []).flatMap((one) => one.resource ?? []));
  const { rest } = (await app.ask('metadata')).body as CapabilityStatement;
  const missed: string[] = [];
  const searched = new Set<string>();
  for (const { type, searchParam = [] } of rest?.[0]?.resource ?? []) {
    for (const { name, type: kind } of searchParam) {
      const parameter = searchParameter(type, name);
      if (parameter === undefined) throw new Error(`${type} has no ${name}`);
      const words = charts.flatMap((chart) => {
        if (chart.resourceType !== type) return [];
        const found = valuesOf(parameter, chart as never).flatMap(({ value }) => wordsFor(kind, value));
        return found.flatMap((word) => (word === undefined ? [] : [[String(word), chart.id] as const]));
      });
      const dates = ([word]: readonly [string, unknown]) => kind !== 'date' || /^\d{4}/.test(word);
      // the first and the last: charts differ, and each search of all charts takes its time
      for (const [word, id] of [...new Map(words.filter(dates).map((pair, at) => [at % 3, pair])).values()]) {
        searched.add(`${type}?${name}`);
        const { bundle, says } = await app.ask(`${type}?${new URLSearchParams({ [name]: word, _count: '1000' })}`);
        if (!bundle.entry?.some(({ resource }) => resource?.id === id)) missed.push(`${type}?${name}=${word} ${says}`);
      }
    }
  }
  expect(missed).toEqual([]);
  expect([...searched]).toEqual(
    expect.arrayContaining(['Patient?name', 'Patient?identifier', 'Patient?phone', 'Procedure?identifier']),
  );
});
