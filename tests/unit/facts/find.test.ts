import { describe, expect, test } from 'vitest';
import type { RawResource } from '../../../src/cds-hooks/types.ts';
import type { Arguments, Setting } from '../../../src/facts/reader.ts';
import { find, rows } from '../../../src/facts/readers/find.ts';
import { stateOf } from '../../../src/facts/reading.ts';
import {
  aCondition,
  aDraft,
  anOrder,
  anOrderClass,
  aProcedure,
  aResource,
  aScopedOrder,
  aSetting,
  aSlice,
  codeable,
  daysAgo,
  TODAY,
} from '../../support/builders.ts';

const INFINITY = Number.POSITIVE_INFINITY;
const CHART = { slices: ['chart'] } as const;
const coded = (code: string) => ({ coding: [{ code }] });
const unconfirmed = { verificationStatus: coded('unconfirmed') };
const days = (value: number) => ({ value, unit: 'days' }) as const;

type State = 'complete' | 'partial' | 'unavailable';
const read = (args: Arguments, resources: RawResource[], state: State = 'complete', more: Partial<Setting> = {}) =>
  find.read({ ...CHART, ...args }, aSetting({ chart: aSlice(resources, state) }, more));
const count = (args: Arguments, resources: RawResource[], state: State = 'complete', more: Partial<Setting> = {}) => {
  const { min, max } = read(args, resources, state, more).count;
  return [min, max];
};

describe('find counts entries that certainly match and those that may', () => {
  const pain = aCondition('1', 'icd10cm|M54.50');
  const mayBePain = aCondition('2', 'icd10cm|M54.59');
  const ache = aCondition('3', 'icd10cm|M25.50');

  test.each([
    ['a match', { concept: ['pain'] }, [pain], 'complete', [1, 1]],
    ['a match and another thing', { concept: ['pain'] }, [pain, ache], 'complete', [1, 1]],
    ['either of two concepts', { concept: ['pain', 'ache'] }, [pain, ache], 'complete', [2, 2]],
    ['an unverified code', { concept: ['pain'] }, [mayBePain], 'complete', [0, 1]],
    ['nothing', { concept: ['pain'] }, [], 'complete', [0, 0]],
    ['nothing that matches', { concept: ['pain'] }, [ache], 'complete', [0, 0]],
    ['a match in a part', { concept: ['pain'] }, [pain], 'partial', [1, INFINITY]],
    ['nothing in a part', { concept: ['pain'] }, [], 'partial', [0, INFINITY]],
    ['what could not be read', { concept: ['pain'] }, [], 'unavailable', [0, INFINITY]],
    ['everything, where no concept is named', {}, [pain, ache], 'complete', [2, 2]],
    ['all but an exception', { concept: ['pain', 'ache'], except: ['ache'] }, [pain, ache], 'complete', [1, 1]],
  ] as const)('%s', (_, args, resources, state, expected) => {
    expect(count(args, [...resources], state)).toEqual(expected);
  });

  test.each([
    [[pain], 'complete', 'known'],
    [[], 'complete', 'absent'],
    [[], 'partial', 'unavailable'],
    [[], 'unavailable', 'unavailable'],
    [[mayBePain], 'complete', 'unavailable'],
    [[pain], 'partial', 'known'],
  ] as const)('the reading is in one of three states', (resources, state, expected) => {
    expect(stateOf(read({ concept: ['pain'] }, [...resources], state))).toBe(expected);
  });

  test('what was not read to the end is named', () => {
    const setting = aSetting({ a: [pain], b: aSlice([], 'partial'), c: aSlice([], 'unavailable') });
    expect(find.read({ slices: ['a', 'b', 'c', 'd'], concept: ['pain'] }, setting).unread).toEqual(['b', 'c', 'd']);
  });

  test('a match is cited with its day', () => {
    const { evidence } = read({ concept: ['pain'] }, [
      aCondition('1', 'back pain', { onsetDateTime: '2026-05-02' }),
      aCondition('2', 'back pain', { onsetDateTime: '2026-05' }),
    ]);
    expect(evidence).toEqual([{ reference: 'Condition/1', date: '2026-05-02' }, { reference: 'Condition/2' }]);
  });
});

describe('standing', () => {
  test.each([
    ['active', 'pain', {}, [1, 1]],
    ['resolved', 'pain', { clinicalStatus: coded('resolved') }, [0, 0]],
    ['refuted', 'pain', { verificationStatus: coded('refuted') }, [0, 0]],
    ['unconfirmed', 'pain', unconfirmed, [0, 1]],
    ['active', 'flag', {}, [1, 1]],
    ['unconfirmed', 'flag', unconfirmed, [1, 1]],
    ['resolved', 'flag', { clinicalStatus: coded('resolved') }, [0, 0]],
  ] as const)('a condition that is %s, bearing "%s"', (_, concept, more, expected) => {
    const what = concept === 'pain' ? 'back pain' : 'cauda equina';
    expect(count({ concept: [concept], standing: ['active'] }, [aCondition('1', what, more)])).toEqual(expected);
  });

  test.each([
    ['completed', ['done'], [1, 1]],
    ['unknown', ['done'], [0, 1]],
    ['preparation', ['done'], [0, 0]],
    ['preparation', ['done', 'planned'], [1, 1]],
    ['not-done', ['done'], [0, 0]],
  ] as const)('a procedure that is %s, where %j is asked for', (status, standing, expected) => {
    expect(count({ concept: ['visit'], standing }, [aProcedure('1', 'physio', undefined, { status })])).toEqual(
      expected,
    );
  });
});

describe('windows', () => {
  const on = (date: string | undefined, what = 'back pain') =>
    aCondition('1', what, date === undefined ? {} : { onsetDateTime: date });

  test.each([
    ['today', daysAgo(0), [1, 1]],
    ['on its first day', daysAgo(30), [1, 1]],
    ['a day before its first', daysAgo(31), [0, 0]],
    ['in a month that lies in it', '2026-11', [1, 1]],
    ['in a month that lies half in it', '2026-10', [0, 1]],
    ['in a month before it', '2026-09', [0, 0]],
    ['in a year that lies half in it', '2026', [0, 1]],
    ['in a year before it', '2025', [0, 0]],
    ['without a date', undefined, [0, 1]],
    ['with a date that is none', 'yesterday', [0, 1]],
  ] as const)('within 30 days: %s', (_, date, expected) => {
    expect(count({ concept: ['pain'], within: days(30) }, [on(date)])).toEqual(expected);
  });

  test.each([
    ['half in it', '2026-10', [1, 1]],
    ['without a date', undefined, [1, 1]],
    ['before it', '2026-09', [0, 0]],
  ] as const)('a red flag counts in doubt: %s', (_, date, expected) => {
    expect(count({ concept: ['flag'], within: days(30) }, [on(date, 'cauda equina')])).toEqual(expected);
  });

  test.each([
    ['at its edge', daysAgo(14), [1, 1]],
    ['later', daysAgo(13), [0, 0]],
    ['long ago', '2001', [1, 1]],
    ['in this month', '2026-11', [0, 1]],
    ['without a date', undefined, [0, 1]],
  ] as const)('past 14 days: %s', (_, date, expected) => {
    expect(count({ concept: ['pain'], past: days(14) }, [on(date)])).toEqual(expected);
  });

  test.each([
    [daysAgo(60), [1, 1]],
    [daysAgo(61), [0, 0]],
    [daysAgo(14), [1, 1]],
    [daysAgo(13), [0, 0]],
  ] as const)('between 60 and 14 days ago: %s', (date, expected) => {
    expect(count({ concept: ['pain'], within: days(60), past: days(14) }, [on(date)])).toEqual(expected);
  });

  test.each([
    ['26 weeks', { value: 26, unit: 'weeks' }, daysAgo(182), daysAgo(183)],
    ['12 months', { value: 12, unit: 'months' }, '2025-11-24', '2025-11-23'],
    ['6 months', { value: 6, unit: 'months' }, '2026-05-24', '2026-05-23'],
    ['2 years', { value: 2, unit: 'years' }, '2024-11-24', '2024-11-23'],
  ] as const)('%s reach to the day', (_, within, inside, outside) => {
    expect(count({ concept: ['pain'], within }, [on(inside)])).toEqual([1, 1]);
    expect(count({ concept: ['pain'], within }, [on(outside)])).toEqual([0, 0]);
  });

  test.each([
    ['tomorrow, as servers in UTC write this evening', -1, 'pain', undefined, [1, 1]],
    ['the day after', -2, 'pain', undefined, [0, 0]],
    ['the day after, a red flag', -2, 'flag', undefined, [1, 1]],
    ['the day after, of what is so now', -2, 'pain', ['active'], [1, 1]],
  ] as const)('what happened does not lie ahead: %s', (_, ago, concept, standing, expected) => {
    const condition = on(daysAgo(ago), concept === 'pain' ? 'back pain' : 'cauda equina');
    expect(count({ concept: [concept], within: days(30), ...(standing && { standing }) }, [condition])).toEqual(
      expected,
    );
  });

  test.each([
    [daysAgo(1), [0, 0]],
    [daysAgo(0), [1, 1]],
    [daysAgo(-40), [1, 1]],
    ['2026-11', [0, 1]],
    [undefined, [0, 1]],
  ] as const)('what lies ahead: %s', (date, expected) => {
    expect(count({ concept: ['pain'], ahead: true, standing: ['active'] }, [on(date)])).toEqual(expected);
  });

  test.each([
    ['from', '2026-01-01', [0, 0]],
    ['recorded', '2026-11-01', [1, 1]],
    ['touched', '2026-11-20', [1, 1]],
  ] as const)('dated by %s', (dated, _, expected) => {
    const condition = aCondition('1', 'back pain', {
      onsetDateTime: '2026-01-01',
      recordedDate: '2026-11-01',
      meta: { lastUpdated: '2026-11-20T00:00:00Z' },
    });
    expect(count({ concept: ['pain'], within: days(30), dated }, [condition])).toEqual(expected);
  });

  test.each([
    ['from', { recordedDate: daysAgo(3) }],
    ['recorded', { onsetDateTime: daysAgo(3) }],
  ] as const)('dated by %s: another date is better than none', (dated, more) => {
    expect(count({ concept: ['pain'], within: days(30), dated }, [aCondition('1', 'back pain', more)])).toEqual([1, 1]);
  });
});

describe('where a concept is looked for', () => {
  const visit = aProcedure('1', 'physio', daysAgo(3), {
    reasonCode: [{ text: 'back pain' }],
    note: [{ text: 'no relief' }],
  });

  test.each([
    ['in what it is', { concept: ['visit'] }, [1, 1]],
    ['not in its reason unless asked', { concept: ['pain'] }, [0, 0]],
    ['in its reason', { concept: ['pain'], in: ['reason'] }, [1, 1]],
    ['in one of several places', { concept: ['pain'], in: ['what', 'notes', 'reason'] }, [1, 1]],
    ['in its notes', { concept: ['poor'], in: ['notes'] }, [1, 1]],
    ['a mention beside it', { concept: ['visit'], mentions: ['poor'] }, [1, 1]],
    ['no such mention', { concept: ['visit'], mentions: ['oral'] }, [0, 0]],
  ] as const)('%s', (_, args, expected) => {
    expect(count(args, [visit])).toEqual(expected);
  });

  test.each([
    ['No', [0, 0]],
    ['absent', [0, 0]],
    ['Yes', [1, 1]],
    ['severe', [1, 1]],
    [undefined, [1, 1]],
  ])('a finding of it, answered "%s"', (valueString, expected) => {
    const finding = aResource('Observation', '1', { status: 'final', code: { text: 'back pain' }, valueString });
    expect(count({ concept: ['pain'] }, [finding])).toEqual(expected);
  });

  test('a finding answered "false" is none', () => {
    const finding = aResource('Observation', '1', {
      status: 'final',
      code: { text: 'back pain' },
      valueBoolean: false,
    });
    expect(count({ concept: ['pain'] }, [finding])).toEqual([0, 0]);
  });

  test('a drug that could not be read may be anything', () => {
    const drug = aResource('MedicationRequest', '1', {
      status: 'active',
      medicationReference: { reference: 'Medication/gone' },
    });
    expect(count({ concept: ['pain'] }, [drug])).toEqual([0, 1]);
    expect(count({ concept: ['pain'], in: ['notes'] }, [drug])).toEqual([0, 0]);
  });
});

describe('the region and side of the order', () => {
  const done = (what: string, more: object = {}) => aProcedure('1', ['cpt|97110', what], daysAgo(3), { ...more });
  const scoped = aScopedOrder({
    order: anOrder(aDraft('o1', 'x', { bodySite: [{ text: 'right lumbar' }] })),
    orderClass: anOrderClass({ regions: new Set(['lumbar']) }),
  });

  test.each([
    ['the same region', 'same', done('lumbar'), [1, 1]],
    ['the same region by body site', 'same', done('x', { bodySite: [{ text: 'lumbar' }] }), [1, 1]],
    ['the same region by reason', 'same', done('x', { reasonCode: [codeable('icd10cm|M54.50')] }), [1, 1]],
    ['another region', 'same', done('knee'), [0, 0]],
    ['both regions', 'same', done('knee and lumbar'), [0, 1]],
    ['both regions', 'not-other', done('knee and lumbar'), [1, 1]],
    [
      'another region by body site, whatever its text says',
      'same',
      done('lumbar', { bodySite: [{ text: 'knee' }] }),
      [0, 0],
    ],
    [
      'another region by reason, whatever its text says',
      'same',
      done('lumbar', { reasonCode: [{ text: 'knee' }] }),
      [0, 0],
    ],
    ['no region', 'same', done('x'), [0, 1]],
    ['the same region', 'not-other', done('lumbar'), [1, 1]],
    ['another region', 'not-other', done('knee'), [0, 0]],
    ['no region', 'not-other', done('x'), [1, 1]],
  ] as const)('%s, where it must be "%s"', (_, region, procedure, expected) => {
    expect(count({ concept: ['visit'], region }, [procedure], 'complete', { scoped })).toEqual(expected);
  });

  const besides = aScopedOrder({
    ...scoped,
    orderClass: anOrderClass({ regions: new Set(['lumbar']), beside: new Set(['knee']) }),
  });

  test.each([
    ['a region beside counts as none', 'same', done('knee'), [0, 1]],
    ['a region beside is no other', 'not-other', done('knee'), [1, 1]],
    ['a region beside takes nothing from ours', 'same', done('knee and lumbar'), [1, 1]],
    ['a region beside leaves the text its say', 'same', done('lumbar', { bodySite: [{ text: 'knee' }] }), [1, 1]],
  ] as const)('%s, where it must be "%s"', (_, region, procedure, expected) => {
    expect(count({ concept: ['visit'], region }, [procedure], 'complete', { scoped: besides })).toEqual(expected);
  });

  test.each([
    ['the same side', done('right'), [1, 1]],
    ['the other side', done('left'), [0, 0]],
    ['both sides', done('bilateral'), [1, 1]],
    ['no side', done('x'), [0, 1]],
  ] as const)('%s', (_, procedure, expected) => {
    expect(count({ concept: ['visit'], side: 'same' }, [procedure], 'complete', { scoped })).toEqual(expected);
  });

  test('an order without a side cannot tell', () => {
    expect(count({ concept: ['visit'], side: 'same' }, [done('right')])).toEqual([0, 1]);
  });

  test('the side of the order is that of its reason where it names none itself', () => {
    const byReason = aScopedOrder({ order: anOrder(aDraft('o1', 'x', { reasonCode: [{ text: 'right' }] })) });
    expect(count({ concept: ['visit'], side: 'same' }, [done('left')], 'complete', { scoped: byReason })).toEqual([
      0, 0,
    ]);
  });
});

describe('only the latest match', () => {
  const done = (id: string, on: string | undefined, note: string, more: object = {}) =>
    aProcedure(id, 'physio', on, { note: [{ text: note }], ...more });
  const latest = { concept: ['visit'], latest: true, mentions: ['poor'], within: days(365) } as const;

  test.each([
    ['the newest mentions it', [done('1', daysAgo(9), 'fine'), done('2', daysAgo(3), 'no relief')], 'complete', [1, 1]],
    [
      'an older one mentions it',
      [done('1', daysAgo(9), 'no relief'), done('2', daysAgo(3), 'fine')],
      'complete',
      [0, 0],
    ],
    [
      'one of two on the newest day does',
      [done('1', daysAgo(3), 'no relief'), done('2', daysAgo(3), 'fine')],
      'complete',
      [1, 1],
    ],
    ['none at all', [], 'complete', [0, 0]],
    ['the newest that was read does', [done('1', daysAgo(3), 'no relief')], 'partial', [0, INFINITY]],
    [
      'an undated one may be newer',
      [done('1', daysAgo(9), 'no relief'), done('2', undefined, 'fine')],
      'complete',
      [0, 2],
    ],
    [
      'an uncertain one is newer',
      [done('1', daysAgo(9), 'no relief'), done('2', daysAgo(3), 'fine', { status: 'unknown' })],
      'complete',
      [0, 2],
    ],
    [
      'an uncertain one is older',
      [done('1', daysAgo(3), 'no relief'), done('2', daysAgo(9), 'fine', { status: 'unknown' })],
      'complete',
      [1, 1],
    ],
  ] as const)('%s', (_, resources, state, expected) => {
    expect(count({ ...latest, standing: ['done'] }, [...resources], state)).toEqual(expected);
  });

  test('without a mention, the newest is what was asked for', () => {
    const { evidence } = read({ concept: ['visit'], latest: true }, [
      done('1', daysAgo(9), ''),
      done('2', daysAgo(3), ''),
    ]);
    expect(evidence.map(({ reference }) => reference)).toEqual(['Procedure/2']);
  });
});

describe('measures', () => {
  const at = (...dates: (string | undefined)[]) =>
    dates.map((date, index) => aProcedure(String(index), 'physio', date));

  test('days since the last and weeks since the first', () => {
    expect(read({ concept: ['visit'] }, at(daysAgo(30), daysAgo(3))).measures).toEqual({
      'days-since': { min: 3, max: 3 },
      'weeks-since-first': { min: 4, max: 4 },
    });
  });

  test('a partial date widens them', () => {
    const { measures, days: seen } = read({ concept: ['visit'] }, at('2026-10'));
    expect(measures['days-since']).toEqual({ min: 24, max: 54 });
    expect(measures['weeks-since-first']).toEqual({ min: 3, max: 7 });
    expect(seen?.last).toEqual({ min: TODAY - 54, max: TODAY - 24 });
  });

  test('what was not read may be newer or older', () => {
    expect(read({ concept: ['visit'] }, at(daysAgo(30)), 'partial').measures).toEqual({
      'days-since': { min: 0, max: 30 },
      'weeks-since-first': { min: 4, max: INFINITY },
    });
  });

  test('so may an undated match', () => {
    expect(read({ concept: ['visit'] }, at(daysAgo(30), undefined)).measures['days-since']).toEqual({
      min: 0,
      max: 30,
    });
  });

  test('nothing found, nothing measured', () => {
    expect(read({ concept: ['visit'] }, []).measures).toEqual({});
  });
});

describe('rows count whatever is there', () => {
  const some = [aCondition('1', 'x'), aProcedure('2', 'y')];

  test.each([
    ['complete', some, [2, 2]],
    ['complete', [], [0, 0]],
    ['partial', some, [2, INFINITY]],
    ['unavailable', [], [0, INFINITY]],
  ] as const)('of a slice that is %s', (state, resources, expected) => {
    const { min, max } = rows.read(CHART, aSetting({ chart: aSlice([...resources], state) })).count;
    expect([min, max]).toEqual(expected);
  });

  test('of several slices together', () => {
    const setting = aSetting({ a: some, b: aSlice([], 'unavailable') });
    expect(rows.read({ slices: ['a', 'b'] }, setting)).toMatchObject({ count: { min: 2 }, unread: ['b'] });
  });
});
