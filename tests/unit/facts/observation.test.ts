import { describe, expect, test } from 'vitest';
import type { RawResource } from '../../../src/cds-hooks/types.ts';
import type { Arguments } from '../../../src/facts/reader.ts';
import { observation } from '../../../src/facts/readers/observation.ts';
import { stateOf } from '../../../src/facts/reading.ts';
import { atLeast, atMost } from '../../../src/logic/range.ts';
import { anObservation, aSetting, aSlice, codeable, daysAgo, TODAY } from '../../support/builders.ts';

const INFINITY = Number.POSITIVE_INFINITY;
const LAST_MONTH = { within: { value: 30, unit: 'days' } } as const;

type State = 'complete' | 'partial' | 'unavailable';
const read = (resources: readonly RawResource[], args: Arguments = {}, state: State = 'complete') =>
  observation.read(
    { slices: ['chart'], concept: ['score'], unit: '{score}', ...args },
    aSetting({ chart: aSlice(resources, state) }),
  );
const score = (id: string, ago: number | undefined, value: unknown, more: object = {}, unit?: string) =>
  anObservation(id, 'loinc|72514-3', ago === undefined ? undefined : daysAgo(ago), {
    valueQuantity: { value, ...(unit !== undefined && { unit }) },
    ...more,
  });
const value = (...input: Parameters<typeof read>) => read(...input).measures.value;
const exactly = (number: number) => ({ min: number, max: number });

describe('the newest value', () => {
  test.each([
    ['of one', [score('1', 3, 6)], 6],
    ['of two', [score('1', 9, 8), score('2', 3, 6)], 6],
    ['in any order', [score('2', 3, 6), score('1', 9, 8)], 6],
    ['as a decimal', [score('1', 3, 6.5)], 6.5],
    ['as an integer', [anObservation('1', 'loinc|72514-3', daysAgo(3), { valueInteger: 7 })], 7],
    ['as text', [anObservation('1', 'loinc|72514-3', daysAgo(3), { valueString: '7' })], 7],
    ['as text over ten', [anObservation('1', 'loinc|72514-3', daysAgo(3), { valueString: ' 7 / 10 ' })], 7],
    ['as text with a comma', [anObservation('1', 'loinc|72514-3', daysAgo(3), { valueString: '4,5/5' })], 4.5],
    [
      'by the code of the unit',
      [
        anObservation('1', 'loinc|72514-3', daysAgo(3), {
          valueQuantity: { value: 7, code: '{score}', unit: 'weird' },
        }),
      ],
      7,
    ],
    ['by words of the concept', [anObservation('1', 'leg pain score', daysAgo(3), { valueQuantity: { value: 7 } })], 7],
    ['preliminary', [score('1', 3, 6, { status: 'preliminary' })], 6],
  ])('%s', (_, resources, expected) => {
    expect(value(resources)).toEqual(exactly(expected));
  });

  test.each([
    ['a wrong unit', [score('1', 3, 6, {}, 'mg/L')]],
    ['a newest in a wrong unit, an older one that fits', [score('1', 9, 8), score('2', 3, 6, {}, 'mg/L')]],
    ['a newest that is no number', [score('1', 9, 8), score('2', 3, 'high')]],
    [
      'a newest of text',
      [score('1', 9, 8), anObservation('2', 'loinc|72514-3', daysAgo(3), { valueString: 'better' })],
    ],
    ['one that may not have been', [score('1', 9, 8), score('2', 3, 6, { status: 'unknown' })]],
    ['nothing', []],
    ['another thing measured', [anObservation('1', 'loinc|8310-5', daysAgo(3), { valueQuantity: { value: 38 } })]],
    ['a cancelled one', [score('1', 3, 6, { status: 'cancelled' })]],
  ])('%s: it is not known', (_, resources) => {
    expect(value(resources)).toBeUndefined();
  });

  test.each([
    ['partial', [score('1', 3, 6)]],
    ['unavailable', []],
  ] as const)('of a slice that is %s it is not known', (state, resources) => {
    expect(value(resources, {}, state)).toBeUndefined();
    expect(stateOf(read(resources, {}, state))).toBe('unavailable');
  });

  test('two on one day leave it between them', () => {
    expect(value([score('1', 3, 6), score('2', 3, 8)])).toEqual({ min: 6, max: 8 });
  });

  test('one that says why it has no value is left out', () => {
    const absent = { dataAbsentReason: { text: 'refused' }, valueQuantity: undefined };
    expect(value([score('1', 9, 8), score('2', 3, 6, absent)])).toEqual(exactly(8));
  });

  test('days since, and the day itself', () => {
    const { measures, days, evidence } = read([score('1', 9, 8), score('2', 3, 6)]);
    expect(measures['days-since']).toEqual(exactly(3));
    expect(days?.last).toEqual(exactly(TODAY - 3));
    expect(evidence).toEqual([{ reference: 'Observation/2', date: daysAgo(3) }]);
  });
});

describe('the window', () => {
  test.each([
    ['at its edge', score('1', 30, 6), exactly(6)],
    ['beyond it', score('1', 31, 6), undefined],
    ['undated', score('1', undefined, 6), undefined],
    ['dated by issue only', score('1', undefined, 6, { issued: `${daysAgo(3)}T10:00:00Z` }), exactly(6)],
  ])('%s', (_, resource, expected) => {
    expect(value([resource], LAST_MONTH)).toEqual(expected);
  });

  test.each([
    ['nothing in it', [score('1', 31, 6)], 'absent'],
    ['something in it', [score('1', 30, 6)], 'known'],
    ['something undated', [score('1', undefined, 6)], 'unavailable'],
    ['something in a wrong unit', [score('1', 3, 6, {}, 'mg/L')], 'unavailable'],
  ] as const)('%s', (_, resources, expected) => {
    expect(stateOf(read(resources, LAST_MONTH))).toBe(expected);
  });
});

describe('comparators make it a range', () => {
  test.each([
    ['<', 'fails', 'holds', 'unknown', 'holds'],
    ['<=', 'unknown', 'holds', 'unknown', 'holds'],
    ['>', 'holds', 'fails', 'holds', 'unknown'],
    ['>=', 'holds', 'unknown', 'holds', 'unknown'],
    ['~', 'holds', 'holds', 'holds', 'holds'],
    [undefined, 'holds', 'holds', 'holds', 'holds'],
  ] as const)('%s 5: at least 5 %s, at most 5 %s; at least 4 %s, at most 6 %s', (comparator, ...expected) => {
    const valueQuantity = { value: 5, ...(comparator !== undefined && { comparator }) };
    const range = value([score('1', 3, 5, { valueQuantity })]) ?? { min: Number.NaN, max: Number.NaN };
    expect([atLeast(range, 5), atMost(range, 5), atLeast(range, 4), atMost(range, 6)]).toEqual(expected);
  });
});

describe('a scale', () => {
  test.each([
    ['its own', { valueQuantity: { value: 6 } }, 6],
    ['ten times as long, by unit', { valueQuantity: { value: 60, unit: '/100' } }, 6],
    ['ten times as long, in text', { valueString: '60/100' }, 6],
    ['half as long, in text', { valueString: '3/5' }, 6],
    ['in words', { valueString: '6 out of 10' }, 6],
    ['beyond its end', { valueQuantity: { value: 60 } }, undefined],
    ['below its beginning', { valueInteger: -1 }, undefined],
    ['over nothing', { valueString: '6/0' }, 6],
  ])('of ten, where the value is on one that is %s', (_, more, expected) => {
    const resource = anObservation('1', 'loinc|72514-3', daysAgo(3), more);
    expect(value([resource], { scale: 10 })).toEqual(expected === undefined ? undefined : exactly(expected));
  });
});

describe('units', () => {
  test.each([
    ['[degF]', 'Cel', 100.4, 38],
    ['Cel', 'Cel', 38, 38],
    ['mg/dL', 'mg/L', 2, 20],
    ['10*9/L', '10*3/uL', 90, 90],
  ])('%s as %s', (unit, wanted, given, expected) => {
    expect(value([score('1', 3, given, {}, unit)], { unit: wanted })?.min).toBeCloseTo(expected, 6);
  });

  test.each([
    ['no unit where the number does not say which', score('1', 3, 60)],
    ['text where a unit is needed', anObservation('1', 'loinc|72514-3', daysAgo(3), { valueString: '38' })],
    ['a bare integer where a unit is needed', anObservation('1', 'loinc|72514-3', daysAgo(3), { valueInteger: 38 })],
  ])('%s is not guessed', (_, resource) => {
    expect(value([resource], { unit: 'Cel' })).toBeUndefined();
  });
});

describe('components', () => {
  const panel = (component: unknown, more: object = {}) =>
    anObservation('1', 'a panel', daysAgo(3), { component, ...more });
  const part = (code: string, number: number) => ({ code: codeable(code), valueQuantity: { value: number } });

  test.each([
    ['one that was asked for', panel([part('loinc|72514-3', 6), part('loinc|8310-5', 38)]), exactly(6)],
    ['two that were asked for', panel([part('loinc|72514-3', 6), part('loinc|38208-5', 8)]), { min: 6, max: 8 }],
    ['one that is no list', panel(part('loinc|72514-3', 6)), exactly(6)],
    ['none', panel([part('loinc|8310-5', 38)]), undefined],
    ['junk', panel([null, 5, 'x', {}, { code: null }]), undefined],
  ])('%s', (_, resource, expected) => {
    expect(value([resource])).toEqual(expected);
  });
});

describe('extremes and changes over the window', () => {
  const other = (id: string, ago: number, number: number) =>
    anObservation(id, 'loinc|38208-5', daysAgo(ago), { valueQuantity: { value: number } });

  test.each([
    [
      'up and down',
      [score('1', 20, 5), score('2', 10, 3), score('3', 3, 4)],
      { lowest: 3, highest: 5, fall: 2, rise: 1 },
    ],
    ['only falling', [score('1', 20, 5), score('2', 3, 3)], { lowest: 3, highest: 5, fall: 2, rise: -2 }],
    ['one value', [score('1', 3, 4)], { lowest: 4, highest: 4 }],
    ['two kinds of result', [score('1', 20, 5), other('2', 3, 2)], { lowest: 2, highest: 5 }],
    ['two on one day', [score('1', 3, 5), score('2', 3, 2)], { lowest: 2, highest: 5 }],
  ])('%s', (_, resources, expected) => {
    const { lowest, highest, fall, rise } = read(resources).measures;
    const wanted = Object.fromEntries(Object.entries(expected).map(([name, number]) => [name, exactly(number)]));
    expect({ lowest, highest, fall, rise }).toEqual({ fall: undefined, rise: undefined, ...wanted });
  });

  test.each([
    ['a part only', [score('1', 20, 5), score('2', 3, 3)], 'partial'],
    ['a value in a wrong unit', [score('1', 20, 5), score('2', 3, 3), score('3', 9, 4, {}, 'mg/L')], 'complete'],
    [
      'one that may not have been',
      [score('1', 20, 5), score('2', 3, 3), score('3', 9, 4, { status: 'unknown' })],
      'complete',
    ],
  ] as const)('with %s they are bounds', (_, resources, state) => {
    const { lowest, highest, fall } = read(resources, {}, state).measures;
    expect([lowest, highest, fall]).toEqual([
      { min: -INFINITY, max: 3 },
      { min: 5, max: INFINITY },
      { min: 2, max: INFINITY },
    ]);
  });
});
