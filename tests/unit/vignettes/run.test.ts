import { describe, expect, test } from 'vitest';
import { loadKnowledge } from '../../../src/knowledge/load.ts';
import type { Vignette, VignetteContent, VignetteFile } from '../../../src/knowledge/types.ts';
import { buildVignette } from '../../../src/vignettes/build.ts';
import { decidingParameters, runVignette } from '../../../src/vignettes/run.ts';
import { TODAY } from '../../support/builders.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
const BASE: VignetteContent = {
  card: 'trochanteric-injection',
  today: '2026-11-24',
  order: { code: 'cpt|20611', reason: 'icd10cm|M76.01', bodySite: 'right hip' },
  chart: [
    { Condition: 'icd10cm|M76.01', onset: '20 weeks ago' },
    { Encounter: 'general practice', on: '30 days ago' },
    { Procedure: 'dental cleaning', on: '60 days ago' },
  ],
  vignettes: [],
};
const vignette = (more: Partial<Vignette> = {}): Vignette => ({ name: 'a', expect: 'fails', ...more });
const build = (more: Partial<Vignette> = {}, base: Partial<VignetteContent> = {}) =>
  buildVignette({ ...BASE, ...base }, vignette(more), TODAY, knowledge.slices.values());
const run = (more: Partial<Vignette> = {}, base: Partial<VignetteContent> = {}) => {
  const content = { ...BASE, ...base, vignettes: [vignette(more)] };
  const file: VignetteFile = { file: 'x', card: content.card, content, place: (_, message) => message };
  return runVignette(file, 0, knowledge).actual;
};

describe('a vignette is built as the call it stands for', () => {
  test('its chart is dealt out to the slices by type', () => {
    const { slices } = build();
    const held = Object.fromEntries(
      [...slices].map(([name, slice]) => [name, slice.state === 'unavailable' ? -1 : slice.resources.length]),
    );
    expect(held).toMatchObject({ patient: 1, conditions: 1, visits: 1, procedures: 1, referrals: 0, encounter: 0 });
  });

  test.each([
    ['adds to it', { add: [{ Procedure: 'physiotherapy', on: '3 dates from 4 weeks ago to 2 weeks ago' }] }, 4],
    ['replaces it', { chart: [{ Procedure: 'physiotherapy', on: 'today' }] }, 1],
    ['takes it as it is', {}, 1],
  ])('a vignette %s', (_, more, count) => {
    const procedures = build(more).slices.get('procedures');
    expect(procedures?.state === 'complete' && procedures.resources.length).toBe(count);
  });

  test.each([
    ['unavailable', { unavailable: ['visits'] }],
    ['partial', { partial: ['visits'] }],
    ['complete', {}],
  ])('a slice is %s when it says so', (state, more) => {
    expect(build(more).slices.get('visits')?.state).toBe(state);
  });

  test('a line may name its slice', () => {
    const { slices } = build({ add: [{ Observation: 'temperature', on: 'today', value: 39, slice: 'measurements' }] });
    const count = (name: string) => {
      const slice = slices.get(name);
      return slice?.state === 'complete' ? slice.resources.length : -1;
    };
    expect([count('measurements'), count('findings')]).toEqual([1, 0]);
  });

  test('the order is selected, other drafts are not', () => {
    const { context } = build({ drafts: [{ code: 'snomed|444831000124102' }] });
    expect([context.selections, context.draftOrders.entry?.length]).toEqual([['ServiceRequest/draft-1'], 2]);
  });

  test('the order of a vignette is that of the file, with what it changes', () => {
    const [entry] = build({ order: { priority: 'urgent' } }).context.draftOrders.entry ?? [];
    expect(entry).toMatchObject({ resource: { priority: 'urgent', bodySite: [{ text: 'right hip' }] } });
  });

  test('codes are written by short names or URIs, beside words', () => {
    const [entry] =
      build({ order: { code: ['cpt|20611', 'urn:local|7', 'hip injection'] } }).context.draftOrders.entry ?? [];
    expect(entry).toMatchObject({
      resource: {
        code: {
          coding: [
            { system: 'http://www.ama-assn.org/go/cpt', code: '20611' },
            { system: 'urn:local', code: '7' },
          ],
          text: 'hip injection',
        },
      },
    });
  });

  test.each([
    ['a resource type', { add: [{ Conditon: 'x' }] }, /begins with a resource type/],
    ['a key of a line', { add: [{ Condition: 'x', onst: 'today' }] }, /"onst" is not known here/],
    ['a key of an order', { order: { cod: 'x' } }, /"cod" is not known here/],
    ['a date', { add: [{ Condition: 'x', onset: 'yesterday' }] }, /"yesterday" is not a date/],
    ['a code system', { add: [{ Condition: 'icd|M54' }] }, /"icd" is not a code system/],
    ['a slice', { unavailable: ['visit'] }, /"visit" is not a slice/],
  ])('%s it does not understand is told', (_, more, message) => {
    expect(() => build(more as Partial<Vignette>)).toThrow(message);
    expect(run(more as Partial<Vignette>)).toMatch(message);
  });
});

describe('what a vignette comes to', () => {
  test.each([
    ['a warning', {}, /^warning [a-z-]+$/],
    ['information', { add: [{ Procedure: 'cpt|97110', on: '3 weeks ago' }] }, /^info [a-z-]+$/],
    ['silence', { order: { priority: 'stat' } }, /^silent [a-z-]+$/],
    ['a condition that fails', { order: { reason: 'piriformis syndrome' } }, /^fails$/],
    ['no order at all', { order: { code: 'cpt|99213', reason: 'icd10cm|M17.11', bodySite: 'knee' } }, /^no order$/],
  ])('%s', (_, more, expected) => {
    expect(run(more)).toMatch(expected);
  });

  test.each([
    ['none, when it names none', {}, 'warning rehab-first'],
    ['one that it asks for', { offers: ['refer-and-keep'] }, 'warning rehab-first; offers refer-and-keep'],
    ['one that it does not want', { withholds: ['home-programme'] }, 'warning rehab-first; offers home-programme'],
    ['none of those', { withholds: ['remove-order'] }, 'warning rehab-first; offers none of those named'],
    [
      'one that the card never makes',
      { offers: ['refer'] },
      /^this card has no suggestion "refer" \(it has .*refer-and-remove/,
    ],
  ])('suggestions: %s', (_, more, expected) => {
    expect(run(more)).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  test('a card nobody shows', () => {
    expect(run({}, { card: 'nonsense' })).toBe('no service shows this card');
  });
});

test('every deciding number is a parameter of the pack, named once', () => {
  const deciding = decidingParameters(knowledge).map(({ name }) => name);
  expect(deciding.length).toBeGreaterThan(10);
  expect(new Set(deciding).size).toBe(deciding.length);
  expect(deciding.filter((name) => !knowledge.parameters.has(name))).toEqual([]);
});
