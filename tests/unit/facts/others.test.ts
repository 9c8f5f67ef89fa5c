import { describe, expect, test } from 'vitest';
import type { RawResource } from '../../../src/cds-hooks/types.ts';
import { READERS } from '../../../src/facts/catalogue.ts';
import type { Arguments, Setting } from '../../../src/facts/reader.ts';
import { duration } from '../../../src/facts/readers/duration.ts';
import { encounter } from '../../../src/facts/readers/encounter.ts';
import { indication } from '../../../src/facts/readers/indication.ts';
import { drafts, order, orderMentions } from '../../../src/facts/readers/order.ts';
import { patient } from '../../../src/facts/readers/patient.ts';
import { stateOf } from '../../../src/facts/reading.ts';
import { readDrafts } from '../../../src/orders/order.ts';
import {
  aCondition,
  aContext,
  aDraft,
  aDrugDraft,
  anOrder,
  aPatient,
  aResource,
  aScopedOrder,
  aSetting,
  aSlice,
  codeable,
  daysAgo,
  weeksAgo,
} from '../../support/builders.ts';

const INFINITY = Number.POSITIVE_INFINITY;
type State = 'complete' | 'partial' | 'unavailable';

describe('how long something has lasted', () => {
  const read = (resources: readonly RawResource[], state: State = 'complete', args: Arguments = {}) =>
    duration.read(
      { slices: ['chart'], concept: ['pain'], standing: ['active'], ...args },
      aSetting({ chart: aSlice(resources, state) }),
    );
  const pain = (id: string, more: object) => aCondition(id, 'back pain', { ...more });

  test.each([
    ['since its onset', [pain('1', { onsetDateTime: weeksAgo(14) })], { min: 14, max: 14 }, 'onset'],
    ['in whole weeks', [pain('1', { onsetDateTime: daysAgo(13) })], { min: 1, max: 1 }, 'onset'],
    ['since today', [pain('1', { onsetDateTime: daysAgo(0) })], { min: 0, max: 0 }, 'onset'],
    [
      'since its onset, whenever recorded',
      [pain('1', { onsetDateTime: weeksAgo(14), recordedDate: weeksAgo(2) })],
      { min: 14, max: 14 },
      'onset',
    ],
    [
      'at least since it was recorded',
      [pain('1', { recordedDate: weeksAgo(6) })],
      { min: 6, max: INFINITY },
      'recorded',
    ],
    ['since some day of a month', [pain('1', { onsetDateTime: '2026-10' })], { min: 3, max: 7 }, 'onset'],
    [
      'since the longest of two',
      [pain('1', { onsetDateTime: weeksAgo(3) }), pain('2', { onsetDateTime: weeksAgo(9) })],
      { min: 9, max: 9 },
      'onset',
    ],
    [
      'longer, maybe, by one that was only recorded',
      [pain('1', { onsetDateTime: weeksAgo(9) }), pain('2', { recordedDate: weeksAgo(2) })],
      { min: 9, max: INFINITY },
      'onset',
    ],
    [
      'longer, maybe, by one without a date',
      [pain('1', { onsetDateTime: weeksAgo(9) }), pain('2', {})],
      { min: 9, max: INFINITY },
      'onset',
    ],
  ])('%s', (_, resources, weeks, since) => {
    const reading = read(resources);
    expect([reading.measures.weeks, reading.names?.certain, stateOf(reading)]).toEqual([weeks, [since], 'known']);
  });

  test('read in part, at least as long as was seen', () => {
    expect(read([pain('1', { onsetDateTime: weeksAgo(9) })], 'partial').measures.weeks).toEqual({
      min: 9,
      max: INFINITY,
    });
  });

  test.each([
    ['there is none', [], 'complete', 'absent'],
    ['it has no date', [pain('1', {})], 'complete', 'absent'],
    [
      'it only may be there',
      [aCondition('1', 'icd10cm|M54.59', { onsetDateTime: weeksAgo(9) })],
      'complete',
      'unavailable',
    ],
    ['nothing was read', [], 'unavailable', 'unavailable'],
    [
      'it is over',
      [pain('1', { onsetDateTime: weeksAgo(9), clinicalStatus: { coding: [{ code: 'resolved' }] } })],
      'complete',
      'absent',
    ],
  ] as const)('not known when %s', (_, resources, state, expected) => {
    const reading = read(resources, state);
    expect([reading.measures.weeks, stateOf(reading)]).toEqual([undefined, expected]);
  });
});

describe('why the order is made', () => {
  const prefer = ['pain', 'ache'];
  const read = (
    conditions: readonly RawResource[],
    { draft = {}, encounterId, state = 'complete' }: { draft?: object; encounterId?: string; state?: State } = {},
  ) => {
    const more: Partial<Setting> = {
      scoped: aScopedOrder({ order: anOrder(aDraft('o1', 'x', { ...draft })) }),
      context: aContext([], encounterId === undefined ? {} : { encounterId }),
    };
    return indication.read(
      { slices: ['chart'], standing: ['active'], prefer },
      aSetting({ chart: aSlice(conditions, state) }, more),
    );
  };
  const reasons = (...texts: string[]) => ({ reasonCode: texts.map((text) => ({ text })) });
  const diagnosed = (id: string, what: string, visit: string) =>
    aCondition(id, what, { encounter: { reference: `Encounter/${visit}` } });

  test.each([
    ['its own reason', [], { draft: reasons('ache') }, ['ache']],
    ['the better of its own reasons', [], { draft: reasons('ache', 'back pain') }, ['pain']],
    ['its own reason, whatever is on the list', [aCondition('1', 'back pain')], { draft: reasons('ache') }, ['ache']],
    ['its own reason, though nothing was read', [], { draft: reasons('ache'), state: 'unavailable' }, ['ache']],
    [
      'the list, where the reason says something else',
      [aCondition('1', 'ache')],
      { draft: reasons('fever') },
      ['ache'],
    ],
    ['the better of the list', [aCondition('1', 'ache'), aCondition('2', 'back pain')], {}, ['pain']],
    [
      'the diagnosis of the encounter',
      [aCondition('1', 'back pain'), diagnosed('2', 'ache', 'e1')],
      { encounterId: 'e1' },
      ['ache'],
    ],
    [
      'the list, where the encounter has another diagnosis',
      [aCondition('1', 'ache'), diagnosed('2', 'fever', 'e1')],
      { encounterId: 'e1' },
      ['ache'],
    ],
    [
      'the list, where the call names no encounter',
      [aCondition('1', 'back pain'), diagnosed('2', 'ache', 'e1')],
      {},
      ['pain'],
    ],
    [
      'the list, where the diagnosis is of another encounter',
      [aCondition('1', 'back pain'), diagnosed('2', 'ache', 'e2')],
      { encounterId: 'e1' },
      ['pain'],
    ],
    ['the best there is, though read in part', [aCondition('1', 'back pain')], { state: 'partial' }, ['pain']],
  ] as const)('%s', (_, conditions, given, expected) => {
    const { names, count } = read(conditions, given);
    expect([names, count]).toEqual([
      { certain: expected, open: false },
      { min: 1, max: 1 },
    ]);
  });

  test.each([
    ['a weaker one, read in part', [aCondition('1', 'ache')], { state: 'partial' }],
    ['a weaker one, and one that may be better', [aCondition('1', 'ache'), aCondition('2', 'icd10cm|M54.59')], {}],
    [
      'a weaker one, and a reason still to be found',
      [aCondition('1', 'ache')],
      { draft: { reasonReference: [{ reference: 'Condition/gone' }] } },
    ],
  ] as const)('not certain: %s', (_, conditions, given) => {
    expect(read(conditions, given).names).toEqual({ certain: [], open: true });
  });

  test.each([
    ['nothing', [], {}, false, 'absent'],
    ['nothing that fits', [aCondition('1', 'fever')], {}, false, 'absent'],
    ['nothing, read in part', [], { state: 'partial' }, true, 'unavailable'],
    ['nothing, unread', [], { state: 'unavailable' }, true, 'unavailable'],
    [
      'a reason still to be found',
      [],
      { draft: { reasonReference: [{ reference: 'Condition/gone' }] } },
      true,
      'unavailable',
    ],
    ['one that may be', [aCondition('1', 'icd10cm|M54.59')], {}, true, 'unavailable'],
    [
      'one that is over',
      [aCondition('1', 'ache', { clinicalStatus: { coding: [{ code: 'resolved' }] } })],
      {},
      false,
      'absent',
    ],
  ] as const)('none: %s', (_, conditions, given, open, state) => {
    const reading = read(conditions, given);
    expect([reading.names, stateOf(reading)]).toEqual([{ certain: [], open }, state]);
  });

  test('it is called by the title of its concept and cited', () => {
    expect(read([aCondition('1', 'ache', { onsetDateTime: daysAgo(9) })])).toMatchObject({
      label: 'the ache',
      evidence: [{ reference: 'Condition/1', date: daysAgo(9) }],
    });
    expect(read([], { draft: reasons('ache') })).toMatchObject({
      label: 'the ache',
      evidence: [{ reference: 'ServiceRequest/o1' }],
    });
  });
});

describe('the patient', () => {
  const read = (property: string, resources: readonly RawResource[], state: State = 'complete') =>
    patient.read({ slices: ['chart'], property }, aSetting({ chart: aSlice(resources, state) }));

  test.each([
    ['1970-06-15', { min: 56, max: 56 }],
    ['2008-11-24', { min: 18, max: 18 }],
    ['2008-11-25', { min: 17, max: 17 }],
    ['2008', { min: 17, max: 18 }],
  ])('born %s is so many years old', (birthDate, years) => {
    expect(read('age', [aPatient({ birthDate })]).measures.years).toEqual(years);
  });

  test.each([
    ['no birth date', [aPatient({ birthDate: undefined })], 'complete', 'absent'],
    ['a birth date that is none', [aPatient({ birthDate: 'unknown' })], 'complete', 'absent'],
    ['no patient', [], 'complete', 'absent'],
    ['not read', [], 'unavailable', 'unavailable'],
  ] as const)('with %s the age is not known', (_, resources, state, expected) => {
    const reading = read('age', resources, state);
    expect([reading.measures, stateOf(reading)]).toEqual([{}, expected]);
  });

  test.each([
    ['female', ['female'], false],
    [undefined, [], true],
    ['', [], true],
  ])('the gender "%s" gives the names %j', (gender, certain, open) => {
    expect(read('gender', [aPatient({ gender })]).names).toEqual({ certain, open });
  });
});

describe('the setting of the call', () => {
  const read = (resources: readonly RawResource[], encounterId: string | undefined, state: State = 'complete') =>
    encounter.read(
      { slices: ['chart'] },
      aSetting(
        { chart: aSlice(resources, state) },
        { context: aContext([], encounterId === undefined ? {} : { encounterId }) },
      ),
    );
  const visit = (more: object) => aResource('Encounter', 'e1', { ...more });

  test.each([
    ['a class as R4 has it', visit({ class: { code: 'EMER' } }), 'EMER'],
    ['a class as R5 has it', visit({ class: [{ coding: [{ code: 'IMP' }] }] }), 'IMP'],
  ])('%s', (_, resource, expected) => {
    const reading = read([resource], 'e1');
    expect([reading.names, reading.unread]).toEqual([{ certain: [expected], open: false }, []]);
  });

  test('a call without encounter has none, whatever was read', () => {
    expect(read([], undefined, 'unavailable')).toMatchObject({ names: { certain: ['none'], open: false }, unread: [] });
  });

  test.each([
    ['could not be read', [], 'unavailable'],
    ['was not found', [], 'complete'],
    ['has no class', [visit({})], 'complete'],
    ['has a class of text only', [visit({ class: { display: 'emergency' } })], 'complete'],
  ] as const)('an encounter that is named and %s is open', (_, resources, state) => {
    const reading = read(resources, 'e1', state);
    expect([reading.names, reading.unread, stateOf(reading)]).toEqual([
      { certain: [], open: true },
      ['chart'],
      'unavailable',
    ]);
  });
});

describe('the order itself', () => {
  const aRating = (code: string) => ({
    url: 'http://fhir.org/argonaut/Extension/pama-rating',
    valueCodeableConcept: { coding: [{ code }] },
  });
  const property = (name: string, draft: RawResource, more: Partial<Setting['scoped']> = {}) =>
    order.read({ property: name }, aSetting({}, { scoped: aScopedOrder({ order: anOrder(draft), ...more }) })).names
      ?.certain;

  test.each([
    ['priority', aDraft('1', 'x', { priority: 'urgent' }), ['urgent']],
    ['priority', aDraft('1', 'x'), ['routine']],
    ['priority', aDraft('1', 'x', { priority: 5 }), ['routine']],
    ['intent', aDraft('1', 'x', { intent: 'plan' }), ['plan']],
    ['type', aDraft('1', 'x'), ['ServiceRequest']],
    ['type', aDrugDraft('1', 'x'), ['MedicationRequest']],
    ['region', aDraft('1', 'knee'), ['lumbar']],
    ['region', aDraft('1', 'lumbar and knee'), ['lumbar']],
    ['region', aDraft('1', 'x', { reasonCode: [{ text: 'back pain' }] }), ['lumbar']],
    ['region', aDraft('1', 'x'), ['lumbar']],
    ['side', aDraft('1', 'x', { bodySite: [{ text: 'left' }] }), ['left']],
    ['side', aDraft('1', 'left', { reasonCode: [{ text: 'right' }] }), ['left']],
    ['side', aDraft('1', 'x', { reasonCode: [{ text: 'right' }] }), ['right']],
    ['side', aDraft('1', 'x'), []],
    [
      'rating',
      aDraft('1', 'x', { extension: [{ url: 'https://a' }, aRating('not-appropriate')] }),
      ['not-appropriate'],
    ],
    ['rating', aDraft('1', 'x', { extension: [null, 5, { ...aRating('appropriate'), url: 'https://a' }] }), []],
    ['rating', aDraft('1', 'x', { extension: { ...aRating('x'), valueCodeableConcept: { coding: {} } } }), []],
    ['rating', aDraft('1', 'x'), []],
    ['recognised-by', aDraft('1', 'x'), ['code']],
    ['region-from', aDraft('1', 'x'), ['procedure']],
  ])('its %s', (name, draft, expected) => {
    expect(property(name, draft)).toEqual(expected);
  });

  const mentions = (draft: RawResource, args: Arguments) =>
    orderMentions.read(
      { concept: ['pain'], ...args },
      aSetting({}, { scoped: aScopedOrder({ order: anOrder(draft) }) }),
    ).count;

  test.each([
    ['a reason', aDraft('1', 'x', { reasonCode: [{ text: 'back pain' }] }), {}, { min: 1, max: 1 }],
    [
      'two reasons',
      aDraft('1', 'x', { reasonCode: [{ text: 'back pain' }, codeable('icd10cm|M54.50')] }),
      {},
      { min: 2, max: 2 },
    ],
    ['its note', aDraft('1', 'x', { note: [{ text: 'back pain' }] }), {}, { min: 1, max: 1 }],
    [
      'its note, not asked for',
      aDraft('1', 'x', { note: [{ text: 'back pain' }] }),
      { in: ['reason'] },
      { min: 0, max: 0 },
    ],
    ['its own text', aDraft('1', 'for back pain'), { in: ['what'] }, { min: 1, max: 1 }],
    ['an unverified code', aDraft('1', 'x', { reasonCode: [codeable('icd10cm|M54.59')] }), {}, { min: 0, max: 1 }],
    [
      'a reason still to be found',
      aDraft('1', 'x', { reasonReference: [{ reference: 'Condition/gone' }] }),
      {},
      { min: 0, max: 1 },
    ],
    [
      'the same, reasons not asked for',
      aDraft('1', 'x', { reasonReference: [{ reference: 'Condition/gone' }] }),
      { in: ['notes'] },
      { min: 0, max: 0 },
    ],
    [
      'a suspicion of a red flag',
      aDraft('1', 'x', { note: [{ text: 'r/o cauda equina' }] }),
      { concept: ['flag'] },
      { min: 1, max: 1 },
    ],
    [
      'nothing that an exception names too',
      aDraft('1', 'x', { reasonCode: [{ text: 'back pain, ache' }] }),
      { except: ['ache'] },
      { min: 0, max: 0 },
    ],
    ['a suspicion of something else', aDraft('1', 'x', { note: [{ text: 'r/o back pain' }] }), {}, { min: 0, max: 0 }],
  ] as const)('it mentions: %s', (_, draft, args, expected) => {
    expect(mentions(draft, args)).toEqual(expected);
  });

  test.each([
    ['another draft that bears it', [aDraft('2', 'physio')], 1],
    ['itself only', [], 0],
    ['a drug', [aDrugDraft('2', 'ibuprofen')], 0],
    ['a closed draft', [aDraft('2', 'physio', { status: 'revoked' })], 0],
    ['two', [aDraft('2', 'physio'), aDraft('3', 'cpt|97110')], 2],
  ])('among the drafts: %s', (_, others, expected) => {
    const all = readDrafts(aContext([aDraft('1', 'physio'), ...others]));
    const scoped = aScopedOrder({ order: all[0] ?? anOrder() });
    expect(drafts.read({ concept: ['visit'] }, aSetting({}, { scoped, drafts: all })).count.min).toBe(expected);
  });
});

describe('the catalogue', () => {
  test.each([...READERS])('the reader "%s" goes by its name and says what it does', (name, reader) => {
    expect(reader.name).toBe(name);
    expect(reader.does).not.toBe('');
  });
});
