import { describe, expect, test } from 'vitest';
import type { RawResource } from '../../../src/cds-hooks/types.ts';
import type { Arguments } from '../../../src/facts/reader.ts';
import { course } from '../../../src/facts/readers/course.ts';
import type { Reading } from '../../../src/facts/reading.ts';
import { aProcedure, aSetting, aSlice, aVisit, daysAgo, NOTHING_READ, TODAY } from '../../support/builders.ts';

const INFINITY = Number.POSITIVE_INFINITY;
const weeks = (value: number) => ({ value, unit: 'weeks' }) as const;
const visits = (...ago: number[]) => ago.map((days) => aProcedure(`v${days}`, 'physio', daysAgo(days)));

type State = 'complete' | 'partial' | 'unavailable';
const read = (
  resources: readonly RawResource[],
  args: Arguments = {},
  state: State = 'complete',
  other: Reading = NOTHING_READ,
) =>
  course.read(
    { slices: ['chart'], concept: ['visit'], standing: ['done'], ...args },
    aSetting({ chart: aSlice(resources, state) }, { read: () => other }),
  );
const contacts = (...input: Parameters<typeof read>) => {
  const { min, max } = read(...input).measures.contacts ?? { min: -1, max: -1 };
  return [min, max];
};

describe('one contact a date', () => {
  test.each([
    ['three dates', visits(30, 20, 10), [3, 3]],
    ['the same date twice', [...visits(10), aProcedure('b', 'physio', daysAgo(10))], [1, 1]],
    [
      'the same date at two hours',
      [aVisit('a', 'physio', '2026-11-02T08:00:00Z'), aVisit('b', 'physio', '2026-11-02T18:00:00+02:00')],
      [1, 1],
    ],
    ['none', [], [0, 0]],
    ['something else', [aProcedure('1', 'discectomy', daysAgo(3))], [0, 0]],
    ['a partial date alone', [aProcedure('a', 'physio', '2026-10')], [1, 1]],
    ['a partial date beside others', [...visits(30, 20), aProcedure('a', 'physio', '2026-10')], [2, 3]],
    ['one without a date', [...visits(30), aProcedure('a', 'physio')], [1, 2]],
    ['one that may have been', [...visits(30), aProcedure('a', 'physio', daysAgo(5), { status: 'unknown' })], [1, 2]],
    ['one that was not', [...visits(30), aProcedure('a', 'physio', daysAgo(5), { status: 'not-done' })], [1, 1]],
  ] as const)('%s', (_, resources, expected) => {
    expect(contacts(resources)).toEqual(expected);
  });

  test.each([
    ['partial', [2, INFINITY]],
    ['unavailable', [0, INFINITY]],
  ] as const)('what was read of a slice that is %s is a lower bound', (state, expected) => {
    expect(contacts(visits(30, 20), {}, state)).toEqual(expected);
  });

  test('a date named by two slices is one contact', () => {
    const setting = aSetting({ a: visits(10), b: [aVisit('b', 'physio', daysAgo(10))] });
    const { count, evidence } = course.read({ slices: ['a', 'b'], concept: ['visit'] }, setting);
    expect([count, evidence.length]).toEqual([{ min: 1, max: 1 }, 2]);
  });

  test('the window selects before anything is counted', () => {
    expect(contacts(visits(200, 182, 10), { within: weeks(26) })).toEqual([2, 2]);
  });
});

describe('weeks from first to last', () => {
  test.each([
    [[0], 1],
    [[6, 0], 1],
    [[7, 0], 2],
    [[13, 0], 2],
    [[21, 14, 7, 0], 4],
    [[20, 0], 3],
    [[56, 1], 8],
  ])('contacts %j days ago span %d', (ago, expected) => {
    expect(read(visits(...ago)).measures.weeks).toEqual({ min: expected, max: expected });
  });

  test('no contact spans none', () => {
    expect(read([]).measures.weeks).toEqual({ min: 0, max: 0 });
  });

  test.each([
    ['in part', visits(21, 0), 'partial', { min: 4, max: INFINITY }],
    ['not at all', [], 'unavailable', { min: 0, max: INFINITY }],
    [
      'whole, with an undated one',
      [...visits(21, 0), aProcedure('a', 'physio')],
      'complete',
      { min: 4, max: INFINITY },
    ],
  ] as const)('read %s, the span is at least what was seen', (_, resources, state, expected) => {
    expect(read(resources, {}, state).measures.weeks).toEqual(expected);
  });
});

describe('days since the last', () => {
  test.each([
    ['read whole', visits(30, 9), 'complete', { min: 9, max: 9 }],
    ['read in part', visits(30, 9), 'partial', { min: 0, max: 9 }],
    ['with an undated one', [...visits(9), aProcedure('a', 'physio')], 'complete', { min: 0, max: 9 }],
    ['never', [], 'complete', { min: INFINITY, max: INFINITY }],
    ['not read', [], 'unavailable', { min: 0, max: INFINITY }],
  ] as const)('%s', (_, resources, state, expected) => {
    expect(read(resources, {}, state).measures['days-since']).toEqual(expected);
  });

  test('the first and last are days that wording may print', () => {
    expect(read(visits(30, 9)).days).toEqual({
      first: { min: TODAY - 30, max: TODAY - 30 },
      last: { min: TODAY - 9, max: TODAY - 9 },
    });
    expect(read([]).days).toBeUndefined();
  });
});

describe('a gap ends a stretch', () => {
  test.each([
    ['none too long', [60, 40, 20], [3, 3], 6],
    ['just as long as allowed', [84, 28, 0], [3, 3], 13],
    ['one day too long', [85, 28, 0], [2, 2], 5],
    ['the later stretch is longer', [200, 190, 60, 40, 20], [3, 3], 6],
    ['the earlier stretch is longer', [200, 180, 160, 20, 10], [3, 3], 6],
    ['two as long: the later', [200, 190, 20, 10], [2, 2], 2],
    ['single dates only', [300, 200, 100], [1, 1], 1],
  ] as const)('%s', (_, ago, expected, span) => {
    const args = { gap: weeks(8) };
    expect(contacts(visits(...ago), args)).toEqual(expected);
    expect(read(visits(...ago), args).measures.weeks?.min).toBe(span);
  });

  test('of two stretches as long, the later is meant', () => {
    expect(read(visits(200, 190, 20, 10), { gap: weeks(8) }).days?.last?.min).toBe(TODAY - 10);
  });
});

describe('only contacts after something else', () => {
  const operated = (day: number): Reading => ({
    count: { min: 1, max: 1 },
    measures: {},
    days: { last: { min: day, max: day } },
    evidence: [],
    unread: [],
  });
  const after = { after: 'operation' } as const;

  test.each([
    ['before it', TODAY - 5, [0, 0]],
    ['on that day', TODAY - 10, [0, 0]],
    ['the day after', TODAY - 11, [1, 1]],
    ['long after', TODAY - 100, [3, 3]],
  ])('contacts %s', (_, day, expected) => {
    expect(contacts(visits(30, 20, 10), after, 'complete', operated(day))).toEqual(expected);
  });

  test('nothing happened: all of them', () => {
    const nothing: Reading = { count: { min: 0, max: 0 }, measures: {}, evidence: [], unread: [] };
    expect(contacts(visits(30, 20), after, 'complete', nothing)).toEqual([2, 2]);
  });

  test.each([
    ['nobody can tell whether it happened', { count: { min: 0, max: 1 } }, [0, 2]],
    ['it happened some time in October', { days: { last: { min: TODAY - 54, max: TODAY - 24 } } }, [1, 2]],
  ] as const)('where %s, contacts before it may not count', (_, more, expected) => {
    const event = { ...operated(TODAY - 100), ...more };
    expect(contacts(visits(30, 20), after, 'complete', event)).toEqual(expected);
  });

  test('unless what nobody can tell is to be ignored', () => {
    const event = { ...operated(TODAY - 100), count: { min: 0, max: 1 } };
    expect(contacts(visits(30, 20), { ...after, 'after-unknown': 'ignore' }, 'complete', event)).toEqual([2, 2]);
  });

  test('an undated contact may have been before', () => {
    expect(contacts([aProcedure('a', 'physio')], after, 'complete', operated(TODAY - 100))).toEqual([0, 1]);
  });
});
