import { describe, expect, test } from 'vitest';
import type { OrderContext } from '../../../src/cds-hooks/types.ts';
import { readDrafts, selectedOrders } from '../../../src/orders/order.ts';
import {
  aCondition,
  aContext,
  aDraft,
  aDrugDraft,
  anOrder,
  aResource,
  codeable,
  keyOf,
} from '../../support/builders.ts';

const drafts = (...resources: unknown[]) => readDrafts(aContext(resources));

describe('which drafts ask for something', () => {
  test.each([
    ['a ServiceRequest', aDraft('1', 'x')],
    ['a MedicationRequest', aDrugDraft('1', 'x')],
    ['an active one', aDraft('1', 'x', { status: 'active' })],
    ['one without a status', aResource('ServiceRequest', '1')],
    ['one on hold', aDraft('1', 'x', { status: 'on-hold' })],
    ['one that is to be done', aDraft('1', 'x', { doNotPerform: false })],
    ['one without an id', { resourceType: 'ServiceRequest', code: { text: 'x' } }],
  ])('%s does', (_, resource) => {
    expect(drafts(resource)).toHaveLength(1);
  });

  test.each([
    ['another resource type', aResource('Task', '1')],
    ['a NutritionOrder', aResource('NutritionOrder', '1')],
    ['one that says do not perform', aDraft('1', 'x', { doNotPerform: true })],
    ['a revoked one', aDraft('1', 'x', { status: 'revoked' })],
    ['a cancelled one', aDrugDraft('1', 'x', { status: 'cancelled' })],
    ['a completed one', aDraft('1', 'x', { status: 'completed' })],
    ['a stopped one', aDrugDraft('1', 'x', { status: 'stopped' })],
    ['one entered in error', aDraft('1', 'x', { status: 'entered-in-error' })],
    ['null', null],
    ['text', 'ServiceRequest'],
    ['a list', [aDraft('1', 'x')]],
    ['a resource without type', { id: '1' }],
    ['a resource whose type is no text', { resourceType: 7 }],
  ])('%s does not', (_, resource) => {
    expect(drafts(resource)).toEqual([]);
  });

  test.each([
    ['no entry', {}],
    ['null for entries', { entry: null }],
    ['entries that are no objects', { entry: [null, 1, 'x', [], {}] }],
    ['one entry that is no list', { entry: { resource: null } }],
  ])('a Bundle with %s has none', (_, draftOrders) => {
    expect(readDrafts({ userId: 'u', patientId: 'p', draftOrders } as unknown as OrderContext)).toEqual([]);
  });

  test('each knows its place among the entries, whatever stands before it', () => {
    expect(drafts(null, aResource('Task', 't'), aDraft('1', 'x')).map(({ index }) => index)).toEqual([2]);
  });

  test('they keep the order they came in', () => {
    expect(drafts(aDraft('b', 'x'), aDrugDraft('a', 'y')).map(({ reference }) => reference)).toEqual([
      'ServiceRequest/b',
      'MedicationRequest/a',
    ]);
  });

  test('one without an id has no reference', () => {
    expect(anOrder({ resourceType: 'ServiceRequest' })).toHaveProperty('reference', undefined);
  });
});

describe('what a draft says', () => {
  test('its code and text are what it is', () => {
    const { what } = anOrder(aDraft('1', ['cpt|20610', 'hip injection']));
    expect(what).toMatchObject({ codes: [keyOf('cpt|20610')], texts: ['hip injection'] });
  });

  test.each([
    ['its text', aDraft('1', 'hip injection'), 'hip injection'],
    ['the display of its code', aDraft('1', 'x', { code: { coding: [{ code: 'l1', display: 'TP inj' }] } }), 'TP inj'],
    ['its details', aDraft('1', 'x', { orderDetail: [{ text: 'under ultrasound' }] }), 'under ultrasound'],
    ['the text of a dosage', aDrugDraft('1', 'x', { dosageInstruction: [{ text: 'into bursa' }] }), 'into bursa'],
    ['a route', aDrugDraft('1', 'x', { dosageInstruction: [{ route: { text: 'bursal' } }] }), 'bursal'],
    ['a method', aDrugDraft('1', 'x', { dosageInstruction: { method: { text: 'inject' } } }), 'inject'],
  ])('%s is of its own words', (_, draft, expected) => {
    expect(anOrder(draft).own.texts).toContain(expected);
  });

  test.each([
    ['the body site of a service', aDraft('1', 'x', { bodySite: [{ text: 'left hip' }] })],
    ['a body site that is no list', aDraft('1', 'x', { bodySite: { text: 'left hip' } })],
    ['the site of a dosage', aDrugDraft('1', 'x', { dosageInstruction: [{ site: { text: 'left hip' } }] })],
  ])('%s is its site', (_, draft) => {
    expect(anOrder(draft).site.texts).toEqual(['left hip']);
  });

  test.each([
    ['a contained medication', { reference: '#m' }, [keyOf('rxnorm|10759')], ['triamcinolone']],
    ['the display of a medication', { reference: 'Medication/9', display: 'triamcinolone' }, [], ['triamcinolone']],
    ['no contained medication of that id', { reference: '#other' }, [], []],
    ['a reference that is none', { reference: 5 }, [], []],
  ])('%s is what it is', (_, medicationReference, codes, texts) => {
    const order = anOrder({
      resourceType: 'MedicationRequest',
      id: '1',
      contained: [{ resourceType: 'Medication', id: 'm', code: codeable('rxnorm|10759', 'triamcinolone') }],
      medicationReference,
    });
    expect(order.what).toMatchObject({ codes, texts });
  });

  test.each(['Medication/m7', 'https://ehr.example.org/fhir/Medication/m7'])(
    'a medication that came along among the drafts is what it is (%s)',
    (reference) => {
      const [order, ...others] = drafts(
        { resourceType: 'MedicationRequest', id: '1', medicationReference: { reference } },
        { resourceType: 'Medication', id: 'm7', code: codeable('rxnorm|10759', 'triamcinolone') },
      );
      expect(order?.what).toMatchObject({ codes: [keyOf('rxnorm|10759')], texts: ['triamcinolone'] });
      expect(others).toEqual([]);
    },
  );

  test('the ingredients of a contained medication count too', () => {
    const contained = [
      { resourceType: 'Medication', id: 'm', ingredient: [{ itemCodeableConcept: { text: 'kenalog' } }] },
    ];
    expect(anOrder(aDrugDraft('1', [], { contained, medicationReference: { reference: '#m' } })).what.texts).toEqual([
      'kenalog',
    ]);
  });

  test('its notes are its notes; what the patient is told is none', () => {
    const draft = aDraft('1', 'x', {
      note: [{ text: 'a' }, { text: 'b' }],
      patientInstruction: 'come back with weakness',
    });
    expect(anOrder(draft).notes.texts).toEqual(['a', 'b']);
  });

  test('each reason stands apart', () => {
    const { reasons } = anOrder(aDraft('1', 'x', { reasonCode: [codeable('hip pain'), codeable('icd10cm|M70.61')] }));
    expect(reasons.map(({ texts, codes }) => [...texts, ...codes])).toEqual([['hip pain'], [keyOf('icd10cm|M70.61')]]);
  });
});

describe('reasons by reference', () => {
  const contained = [aCondition('c', 'hip pain', { bodySite: [{ text: 'left hip' }] })];

  test.each([
    ['contained', { reference: '#c' }, ['hip pain', 'left hip']],
    ['known by display only', { display: 'hip pain' }, ['hip pain']],
  ])('one that is %s is read', (_, pointer, expected) => {
    const order = anOrder(aDraft('1', 'x', { contained, reasonReference: [pointer] }));
    expect(order.reasons.map(({ texts }) => texts)).toEqual([expected]);
    expect(order.openReasons).toEqual([]);
  });

  test('one among the drafts is read', () => {
    const [order] = drafts(
      aDraft('1', 'x', { reasonReference: [{ reference: 'Condition/c7' }] }),
      aCondition('c7', 'sciatica'),
    );
    expect(order?.reasons.map(({ texts }) => texts)).toEqual([['sciatica']]);
  });

  test.each([
    ['Condition/c9', 'Condition/c9'],
    ['https://ehr.example.org/fhir/Condition/c9', 'Condition/c9'],
  ])('%s is still to be looked up', (reference, expected) => {
    const order = anOrder(aDraft('1', 'x', { contained, reasonReference: [{ reference }] }));
    expect([order.openReasons, order.reasons]).toEqual([[expected], []]);
  });

  test('what was found is added, and what was not stays open', () => {
    const order = anOrder(
      aDraft('1', 'x', { reasonReference: [{ reference: 'Condition/a' }, { reference: 'Condition/b' }] }),
    );
    const found = order.with(new Map([['Condition/b', { codes: [], texts: ['sciatica'] }]]));
    expect([found.reasons, found.openReasons]).toEqual([[{ codes: [], texts: ['sciatica'] }], ['Condition/a']]);
    expect(order.with(new Map())).toBe(order);
  });

  test.each([[null], ['Condition/1'], [{}], [[]], [{ reference: 5 }], [{ reference: '' }]])(
    'the reference %j is no reason, and no failure',
    (pointer) => {
      expect(anOrder(aDraft('1', 'x', { reasonReference: pointer })).openReasons).toEqual([]);
    },
  );
});

describe('which drafts a call is about', () => {
  const all = drafts(aDraft('1', 'x'), aDrugDraft('2', 'y'), { resourceType: 'ServiceRequest' });
  const chosen = (selections?: string[]) =>
    selectedOrders(aContext([], selections === undefined ? {} : { selections }), all).map(({ index }) => index);

  test.each([
    [['ServiceRequest/1'], [0]],
    [
      ['MedicationRequest/2', 'ServiceRequest/1'],
      [0, 1],
    ],
    [['https://ehr.example.org/fhir/ServiceRequest/1'], [0]],
    [['2'], [1]],
    [['ServiceRequest/1', 'ServiceRequest/1'], [0]],
    [['ServiceRequest/2'], []],
    [['servicerequest/1'], []],
    [['undefined'], []],
    [['ServiceRequest/undefined'], []],
    [[''], []],
    [['/'], []],
    [[], []],
  ])('selections %j choose %j', (selections, expected) => {
    expect(chosen(selections)).toEqual(expected);
  });

  test('without selections all of them, those without an id too', () => {
    expect(chosen()).toEqual([0, 1, 2]);
  });
});
