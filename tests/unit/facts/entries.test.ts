import { describe, expect, test } from 'vitest';
import type { RawResource } from '../../../src/cds-hooks/types.ts';
import { READABLE_TYPES } from '../../../src/chart/entry.ts';
import { isoDay } from '../../../src/clinical/dates.ts';
import { aChart, aCondition, aResource, aSlice, codeable, entries, keyOf } from '../../support/builders.ts';

const standing = (resource: RawResource) => entries(resource).map((entry) => entry.standing);
const status = (type: string, value: string | undefined, name = 'status') =>
  aResource(type, '1', value === undefined ? {} : { [name]: value });
const shown = (span: { min: number; max: number } | undefined) => span && [isoDay(span.min), isoDay(span.max)];

describe('how things stand', () => {
  test.each([
    ['Procedure', 'completed', 'done'],
    ['Procedure', 'in-progress', 'active'],
    ['Procedure', 'preparation', 'planned'],
    ['Procedure', 'not-done', 'void'],
    ['Procedure', 'stopped', 'void'],
    ['Procedure', 'entered-in-error', 'void'],
    ['Procedure', 'unknown', 'unstated'],
    ['Procedure', 'nonsense', 'unstated'],
    ['Procedure', undefined, 'unstated'],
    ['Encounter', 'finished', 'done'],
    ['Encounter', 'arrived', 'active'],
    ['Encounter', 'planned', 'planned'],
    ['Encounter', 'cancelled', 'void'],
    ['Appointment', 'fulfilled', 'done'],
    ['Appointment', 'booked', 'planned'],
    ['Appointment', 'checked-in', 'planned'],
    ['Appointment', 'noshow', 'void'],
    ['Appointment', 'cancelled', 'void'],
    ['ServiceRequest', 'active', 'active'],
    ['ServiceRequest', 'on-hold', 'active'],
    ['ServiceRequest', 'completed', 'done'],
    ['ServiceRequest', 'draft', 'planned'],
    ['ServiceRequest', 'revoked', 'void'],
    ['MedicationRequest', 'active', 'active'],
    ['MedicationRequest', 'stopped', 'over'],
    ['MedicationRequest', 'cancelled', 'void'],
    ['MedicationAdministration', 'completed', 'done'],
    ['MedicationAdministration', 'not-done', 'void'],
    ['MedicationStatement', 'active', 'active'],
    ['MedicationStatement', 'not-taken', 'void'],
    ['MedicationDispense', 'completed', 'done'],
    ['MedicationDispense', 'declined', 'void'],
    ['Observation', 'final', 'done'],
    ['Observation', 'preliminary', 'done'],
    ['Observation', 'amended', 'done'],
    ['Observation', 'registered', 'planned'],
    ['Observation', 'cancelled', 'void'],
    ['Observation', 'entered-in-error', 'void'],
    ['DiagnosticReport', 'appended', 'done'],
    ['DiagnosticReport', 'entered-in-error', 'void'],
    ['Communication', 'completed', 'done'],
    ['Immunization', 'completed', 'done'],
    ['Immunization', 'not-done', 'void'],
    ['Coverage', 'active', 'active'],
  ])('a %s that is %s is %s', (type, value, expected) => {
    expect(standing(status(type, value))).toEqual([expected]);
  });

  test('a Goal goes by its lifecycle', () => {
    expect(standing(status('Goal', 'accepted', 'lifecycleStatus'))).toEqual(['active']);
    expect(standing(status('Goal', 'rejected', 'lifecycleStatus'))).toEqual(['void']);
  });

  test.each(['ServiceRequest', 'MedicationRequest'])('a %s that says do not perform never was', (type) => {
    expect(standing(aResource(type, '1', { status: 'active', doNotPerform: true }))).toEqual(['void']);
  });

  const coded = (code: string) => ({ coding: [{ code }] });
  test.each([
    ['active, confirmed', { clinicalStatus: coded('active'), verificationStatus: coded('confirmed') }, 'active'],
    ['a recurrence', { clinicalStatus: coded('recurrence') }, 'active'],
    ['no status at all', {}, 'active'],
    ['a plain code', { clinicalStatus: 'active' }, 'active'],
    ['resolved', { clinicalStatus: coded('resolved') }, 'over'],
    ['inactive', { clinicalStatus: coded('inactive') }, 'over'],
    ['in remission', { clinicalStatus: coded('remission') }, 'over'],
    ['an end and no status', { abatementDateTime: '2026-01-01' }, 'over'],
    ['an end said by a flag', { abatementBoolean: true }, 'over'],
    ['no end, said by a flag', { abatementBoolean: false }, 'active'],
    ['an end, yet active', { abatementDateTime: '2026-01-01', clinicalStatus: coded('active') }, 'active'],
    ['unconfirmed', { clinicalStatus: coded('active'), verificationStatus: coded('unconfirmed') }, 'unconfirmed'],
    ['a differential', { verificationStatus: coded('differential') }, 'unconfirmed'],
    ['provisional', { verificationStatus: coded('provisional') }, 'unconfirmed'],
    [
      'unconfirmed and resolved',
      { clinicalStatus: coded('resolved'), verificationStatus: coded('unconfirmed') },
      'over',
    ],
    ['refuted', { clinicalStatus: coded('active'), verificationStatus: coded('refuted') }, 'void'],
    ['entered in error', { verificationStatus: coded('entered-in-error') }, 'void'],
    ['a status of text only', { clinicalStatus: { text: 'Resolved' } }, 'over'],
  ])('of a condition: %s', (_, more, expected) => {
    expect(standing(aResource('Condition', '1', more))).toEqual([expected]);
    expect(standing(aResource('AllergyIntolerance', '1', more))).toEqual([expected]);
  });
});

describe('when things were', () => {
  test.each([
    ['Condition', { onsetDateTime: '2026-05-02', recordedDate: '2026-06-01' }, '2026-05-02', '2026-06-01'],
    ['Condition', { onsetPeriod: { start: '2026-05-02' } }, '2026-05-02', undefined],
    ['Condition', { onsetString: 'in spring', recordedDate: '2026-06-01' }, undefined, '2026-06-01'],
    ['AllergyIntolerance', { onsetDateTime: '2026-05-02', recordedDate: '2026-06-01' }, '2026-05-02', '2026-06-01'],
    ['Procedure', { performedDateTime: '2026-05-02' }, '2026-05-02', undefined],
    ['Procedure', { performedPeriod: { start: '2026-05-02', end: '2026-05-03' } }, '2026-05-02', undefined],
    ['Procedure', { performedString: '2026-05-02' }, '2026-05-02', undefined],
    ['Procedure', { performedString: 'in spring' }, undefined, undefined],
    ['Encounter', { period: { start: '2026-05-02T09:00:00Z' } }, '2026-05-02', undefined],
    ['Appointment', { start: '2026-05-02T09:00:00Z' }, '2026-05-02', undefined],
    ['ServiceRequest', { authoredOn: '2026-05-02' }, '2026-05-02', '2026-05-02'],
    ['ServiceRequest', { occurrenceDateTime: '2026-05-09', authoredOn: '2026-05-02' }, '2026-05-09', '2026-05-02'],
    ['MedicationRequest', { authoredOn: '2026-05-02' }, '2026-05-02', undefined],
    [
      'MedicationStatement',
      { effectivePeriod: { start: '2026-05-02' }, dateAsserted: '2026-06-01' },
      '2026-05-02',
      '2026-06-01',
    ],
    ['MedicationAdministration', { effectiveDateTime: '2026-05-02' }, '2026-05-02', undefined],
    ['MedicationDispense', { whenHandedOver: '2026-05-02' }, '2026-05-02', undefined],
    ['Observation', { effectiveDateTime: '2026-05-02', issued: '2026-05-03T00:00:00Z' }, '2026-05-02', '2026-05-03'],
    ['Observation', { effectiveInstant: '2026-05-02T00:00:00Z' }, '2026-05-02', undefined],
    ['Observation', { issued: '2026-05-03T00:00:00Z' }, '2026-05-03', '2026-05-03'],
    ['DiagnosticReport', { effectivePeriod: { start: '2026-05-02' } }, '2026-05-02', undefined],
    ['Communication', { sent: '2026-05-02' }, '2026-05-02', undefined],
    ['Goal', { startDate: '2026-05-02' }, '2026-05-02', undefined],
    ['Immunization', { occurrenceDateTime: '2026-05-02' }, '2026-05-02', undefined],
    ['Coverage', { period: { start: '2026-05-02' } }, '2026-05-02', undefined],
    ['Procedure', { performedDateTime: 'yesterday' }, undefined, undefined],
    ['Procedure', { performedDateTime: 20260502 }, undefined, undefined],
  ])('a %s with %j', (type, more, from, recorded) => {
    const [entry] = entries(aResource(type, '1', more));
    expect([shown(entry?.from)?.[0], shown(entry?.recorded)?.[0]]).toEqual([from, recorded]);
  });

  test('a partial date is the days it may mean', () => {
    expect(shown(entries(aResource('Procedure', '1', { performedDateTime: '2026-02' }))[0]?.from)).toEqual([
      '2026-02-01',
      '2026-02-28',
    ]);
  });

  test.each([
    [
      'the update',
      { onsetDateTime: '2026-01-01', recordedDate: '2026-02-01', meta: { lastUpdated: '2026-03-01T00:00:00Z' } },
      '2026-03-01',
    ],
    ['the recording', { onsetDateTime: '2026-01-01', recordedDate: '2026-02-01' }, '2026-02-01'],
    ['the beginning', { onsetDateTime: '2026-01-01' }, '2026-01-01'],
    ['nothing', {}, undefined],
  ])('a condition was last touched by %s', (_, more, expected) => {
    expect(shown(entries(aResource('Condition', '1', more))[0]?.touched)?.[0]).toBe(expected);
  });
});

describe('what things say', () => {
  const texts = (resource: RawResource) => {
    const [entry] = entries(resource);
    return [entry?.what, entry?.site, entry?.reason, entry?.notes].map((words) => words?.texts);
  };
  const t = (text: string) => ({ text });

  test.each([
    [
      'Condition',
      { code: t('a'), bodySite: [t('b')], note: [t('d')], evidence: [{ code: [t('e')] }] },
      [['a'], ['b'], [], ['d', 'e']],
    ],
    [
      'AllergyIntolerance',
      { code: t('a'), reaction: [{ substance: t('s'), manifestation: [t('rash')] }] },
      [['a', 's'], [], [], ['rash']],
    ],
    [
      'Procedure',
      { code: t('a'), bodySite: [t('b')], reasonCode: [t('c')], outcome: t('d'), note: [t('e')] },
      [['a'], ['b'], ['c'], ['d', 'e']],
    ],
    ['Procedure', { code: t('a'), reasonReference: [{ display: 'c' }] }, [['a'], [], ['c'], []]],
    ['Encounter', { type: [t('a')], serviceType: t('b'), reasonCode: [t('c')] }, [['a', 'b'], [], ['c'], []]],
    ['Appointment', { serviceType: [t('a')], description: 'b', comment: 'd' }, [['a', 'b'], [], [], ['d']]],
    [
      'ServiceRequest',
      { code: t('a'), bodySite: [t('b')], reasonCode: [t('c')], note: [t('d')] },
      [['a'], ['b'], ['c'], ['d']],
    ],
    [
      'MedicationRequest',
      { medicationCodeableConcept: t('a'), dosageInstruction: [{ text: 'd', route: t('r'), site: t('b') }] },
      [['a'], ['b'], [], ['d', 'r']],
    ],
    [
      'MedicationAdministration',
      { medicationCodeableConcept: t('a'), dosage: { site: t('b'), route: t('r'), text: 'd' } },
      [['a', 'r'], ['b'], [], ['d']],
    ],
    [
      'Observation',
      { code: t('a'), valueString: 'v', component: [{ code: t('c'), valueString: 'w' }] },
      [['a'], [], [], ['v', 'c', 'w']],
    ],
    ['Observation', { code: t('a'), valueCodeableConcept: t('v') }, [['a'], [], [], ['v']]],
    ['DiagnosticReport', { code: t('a'), conclusion: 'v', conclusionCode: [t('w')] }, [['a'], [], [], ['v', 'w']]],
    ['Communication', { topic: t('a'), payload: [{ contentString: 'b' }] }, [['a', 'b'], [], [], []]],
  ])('a %s: what, where, why and notes', (type, more, expected) => {
    expect(texts(aResource(type, '1', more))).toEqual(expected);
  });

  test('codes come in the form of the terminology', () => {
    expect(entries(aCondition('1', 'icd10cm|m7061'))[0]?.what.codes).toEqual([keyOf('icd10cm|M70.61')]);
  });

  test('an entry is cited by type and id', () => {
    expect(entries(aCondition('c1', 'x'))[0]?.reference).toBe('Condition/c1');
    expect(entries({ resourceType: 'Condition' })[0]?.reference).toBe('Condition/?');
  });

  test('a resource type nobody reads has no entries', () => {
    expect(entries(aResource('Binary', '1'))).toEqual([]);
  });
});

describe('medication by reference', () => {
  const drug = { resourceType: 'Medication', id: 'm', code: codeable('rxnorm|10759', 'triamcinolone') };
  const read = (more: object, included?: RawResource) =>
    entries(aResource('MedicationRequest', '1', { status: 'active', ...more }), () => included)[0];

  test.each([
    ['contained', { medicationReference: { reference: '#m' }, contained: [drug] }, undefined, ['triamcinolone'], false],
    ['that came along', { medicationReference: { reference: 'Medication/m' } }, drug, ['triamcinolone'], false],
    [
      'known by display only',
      { medicationReference: { reference: 'Medication/m', display: 'kenalog' } },
      undefined,
      ['kenalog'],
      false,
    ],
    ['that nobody sent', { medicationReference: { reference: 'Medication/m' } }, undefined, [], true],
    ['contained, but not there', { medicationReference: { reference: '#n' }, contained: [drug] }, undefined, [], true],
    [
      'that says nothing',
      { medicationReference: { reference: 'Medication/m' } },
      { resourceType: 'Medication', id: 'm' },
      [],
      true,
    ],
    [
      'beside a concept',
      { medicationReference: { reference: 'Medication/x' }, medicationCodeableConcept: { text: 'ibuprofen' } },
      undefined,
      ['ibuprofen'],
      false,
    ],
    ['that is junk', { medicationReference: 'Medication/m' }, undefined, [], true],
  ])('a drug %s', (_, more, included, texts, unread) => {
    const entry = read(more, included);
    expect([entry?.what.texts, entry?.unread]).toEqual([texts, unread]);
  });

  test('what came along with any slice is looked up, whatever the form of the reference', () => {
    const refer = (id: string, reference: string) =>
      aResource('MedicationRequest', id, { status: 'active', medicationReference: { reference } });
    const chart = aChart({
      drugs: aSlice([refer('1', 'Medication/m'), refer('2', 'https://ehr.example.org/fhir/Medication/m')]),
      other: aSlice([], 'complete', [drug]),
    });
    expect(chart.entries('drugs').map(({ what }) => what.texts)).toEqual([['triamcinolone'], ['triamcinolone']]);
  });
});

describe('lines of a claim and activities of a plan are entries of their own', () => {
  const claim = (type: string, claimStatus: string, item: unknown) =>
    entries(aResource(type, 'c', { status: claimStatus, billablePeriod: {}, item }));

  test.each(['Claim', 'ExplanationOfBenefit'])('a %s has one entry a line', (type) => {
    const lines = claim(type, 'active', [
      { productOrService: codeable('cpt|97110'), servicedDate: '2026-05-02' },
      { productOrService: codeable('cpt|20611'), servicedPeriod: { start: '2026-05-03' }, bodySite: { text: 'hip' } },
    ]);
    expect(lines.map(({ reference, standing: stands, from }) => [reference, stands, shown(from)?.[0]])).toEqual([
      [`${type}/c#1`, 'done', '2026-05-02'],
      [`${type}/c#2`, 'done', '2026-05-03'],
    ]);
    expect(lines[1]?.site.texts).toEqual(['hip']);
  });

  test.each(['cancelled', 'draft', 'entered-in-error'])('lines of a claim that is %s never were', (claimStatus) => {
    expect(claim('Claim', claimStatus, [{ productOrService: codeable('cpt|97110') }])[0]?.standing).toBe('void');
  });

  test.each([
    ['claim', 'done'],
    [undefined, 'done'],
    ['preauthorization', 'planned'],
    ['predetermination', 'planned'],
  ])('a claim for %s is %s', (use, expected) => {
    const [line] = entries(
      aResource('ExplanationOfBenefit', 'c', {
        status: 'active',
        ...(use && { use }),
        item: [{ productOrService: codeable('cpt|97110') }],
      }),
    );
    expect(line?.standing).toBe(expected);
  });

  test('a line without a date has that of a claim for one day', () => {
    const dated = (end: string) =>
      entries(
        aResource('ExplanationOfBenefit', 'c', {
          status: 'active',
          billablePeriod: { start: '2026-05-02', end },
          item: [{ productOrService: codeable('cpt|97110') }],
        }),
      ).map(({ from }) => shown(from)?.[0]);
    expect([dated('2026-05-02'), dated('2026-05-30')]).toEqual([['2026-05-02'], [undefined]]);
  });

  test('a line was for the diagnoses it points to, or for all', () => {
    const diagnosis = ['back pain', 'shoulder pain'].map((text, index) => ({
      sequence: index + 1,
      diagnosisCodeableConcept: { text },
    }));
    const item = [{ diagnosisSequence: [2] }, {}];
    const lines = entries(aResource('ExplanationOfBenefit', 'c', { status: 'active', diagnosis, item }));
    expect(lines.map(({ reason }) => reason.texts)).toEqual([['shoulder pain'], ['back pain', 'shoulder pain']]);
  });

  const plan = (planStatus: string, ...activity: unknown[]) =>
    entries(aResource('CarePlan', 'p', { status: planStatus, period: { start: '2026-04-01' }, activity }));

  test.each([
    ['completed', 'done'],
    ['in-progress', 'done'],
    ['scheduled', 'planned'],
    ['stopped', 'over'],
    ['cancelled', 'void'],
    ['unknown', 'unstated'],
  ])('an activity that is %s is %s', (value, expected) => {
    expect(plan('active', { detail: { status: value, code: { text: 'x' } } })[0]?.standing).toBe(expected);
  });

  test('an activity has its own date, else that of the plan', () => {
    const activities = plan(
      'active',
      { detail: { status: 'completed', scheduledPeriod: { start: '2026-05-02' } } },
      { detail: { status: 'completed', scheduledTiming: { event: ['2026-05-03'] } } },
      { detail: { status: 'completed', scheduledTiming: { repeat: { boundsPeriod: { start: '2026-05-04' } } } } },
      { detail: { status: 'completed' } },
    );
    expect(activities.map(({ from }) => shown(from)?.[0])).toEqual([
      '2026-05-02',
      '2026-05-03',
      '2026-05-04',
      '2026-04-01',
    ]);
  });

  test.each([
    ['active', 'active'],
    ['on-hold', 'active'],
    ['draft', 'planned'],
    ['completed', 'over'],
    ['revoked', 'void'],
  ])('a plan that is %s is %s, never done, and speaks for itself beside its activities', (value, expected) => {
    const named = { status: value, title: 'Palliative care', period: { start: '2025-04-01' } };
    const activity = [{ detail: { status: 'completed', code: { text: 'x' } } }];
    const [own, line] = entries(aResource('CarePlan', 'p', { ...named, activity }));
    expect([own?.reference, own?.standing, own?.what.texts]).toEqual(['CarePlan/p', expected, ['Palliative care']]);
    expect(line?.reference).toBe('CarePlan/p#1');
  });

  test('activities of a plan that never was never were, and those without detail are left out', () => {
    expect(plan('entered-in-error', { detail: { status: 'completed' } })[0]?.standing).toBe('void');
    expect(plan('active', { reference: { reference: 'ServiceRequest/1' } }, null, 'x')).toEqual([]);
  });
});

describe('a chart', () => {
  const chart = aChart({
    whole: [aCondition('1', 'x'), aCondition('2', 'y', { verificationStatus: { coding: [{ code: 'refuted' }] } })],
    part: aSlice([aCondition('3', 'z')], 'partial'),
    none: aSlice([], 'unavailable'),
  });

  test('leaves out what never was', () => {
    expect(chart.entries('whole').map(({ reference }) => reference)).toEqual(['Condition/1']);
    expect(chart.resources('whole')).toHaveLength(2);
  });

  test.each([
    ['whole', 'complete', 2],
    ['part', 'partial', 1],
    ['none', 'unavailable', 0],
    ['never-heard-of', 'unavailable', 0],
  ])('the slice "%s" is %s', (name, state, count) => {
    expect([chart.slice(name).state, chart.resources(name).length]).toEqual([state, count]);
  });
});

test.each(READABLE_TYPES)('a %s full of junk is read without a fault', (type) => {
  for (const junk of [null, 5, 'x', [], {}, [5, 'x'], [[]], { coding: null }]) {
    const names = [
      'code',
      'status',
      'type',
      'period',
      'activity',
      'item',
      'bodySite',
      'reasonCode',
      'note',
      'component',
    ];
    const resource = aResource(type, '1', Object.fromEntries(names.map((name) => [name, junk])));
    expect(() => entries(resource)).not.toThrow();
    expect(() => entries({ ...resource, contained: junk, medicationReference: junk, meta: junk })).not.toThrow();
  }
});
