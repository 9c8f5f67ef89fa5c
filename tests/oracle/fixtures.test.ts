import type { Bundle } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import { considerCall } from '../../src/answer.ts';
import type { HookRequest } from '../../src/cds-hooks/types.ts';
import { factsOf } from '../../src/knowledge/facts-of.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { CardDefinition, FactInstance } from '../../src/knowledge/types.ts';
import type { Range } from '../../src/logic/range.ts';
import type { Read } from '../../src/rules/evaluate.ts';
import { prefetchFrom } from '../support/fhir-search.ts';
import { allPatients, readPatient, templates } from '../support/fixtures.ts';
import { type About, isoDay, type Opinion, opinionOf, round } from './oracle.ts';

const TODAY = '2026-11-24';
const knowledge = loadKnowledge({ dir: 'cards' });
const charts = new Map(allPatients().map((name) => [name, readPatient(name)]));
/** Claims too, which a site may add to what it publishes. */
const queries = { ...templates(), claims: knowledge.slices.get('claims')?.template ?? '' };

const chartOf = (patient: string): Bundle => charts.get(patient) as Bundle;

/** Orders whose region and side the facts are about. */
const PROBES: readonly (About & { readonly card: string; readonly code: string; readonly site?: string })[] = [
  { region: 'lumbar', card: 'epidural-radicular', code: '62323' },
  { region: 'hip', side: 'right', card: 'trochanteric-injection', code: '20611', site: 'right greater trochanter' },
  { region: 'hip', side: 'left', card: 'trochanteric-injection', code: '20611', site: 'left greater trochanter' },
];

const cases = allPatients().flatMap((patient) =>
  PROBES.map((probe) => [patient, `${probe.side ?? ''} ${probe.region}`.trim(), probe] as const),
);

describe('what the readers say of a fixture is what FHIRPath says of it', () => {
  test.each(cases)('%s, an order for the %s', async (patient, _, probe) => {
    expect(await readersOn(chartOf(patient), patient, probe)).toEqual(opinionOf(chartOf(patient), probe, TODAY));
  });
});

/** What no fixture patient has, and what stands just on either side of a limit, laid over the chart of one who has neither. */
const BASE = 'gluteal-no-rehab';
const icd = (code: string, more: object = {}): object => ({
  resourceType: 'Condition',
  clinicalStatus: { coding: [{ code: 'active' }] },
  code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code }] },
  ...more,
});
const done = (code: string, performedDateTime: string, more: object = {}): object => ({
  resourceType: 'Procedure',
  status: 'completed',
  code: { coding: [{ system: 'http://www.ama-assn.org/go/cpt', code }] },
  performedDateTime,
  ...more,
});
const measured = (code: string, effectiveDateTime: string, value: number, unit: string): object => ({
  resourceType: 'Observation',
  status: 'final',
  category: [{ coding: [{ code: 'exam' }] }],
  code: { coding: [{ system: 'http://loinc.org', code }] },
  effectiveDateTime,
  valueQuantity: { value, code: unit, unit },
});
const drug = (text: string, code: string, status: string): object => ({
  resourceType: 'MedicationRequest',
  status,
  intent: 'order',
  authoredOn: '2026-10-01',
  medicationCodeableConcept: { text, coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code }] },
});
const given = (status: string, effectiveDateTime: string, site: string): object => ({
  resourceType: 'MedicationAdministration',
  status,
  effectiveDateTime,
  medicationCodeableConcept: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '10759' }] },
  dosage: { site: { text: site }, route: { text: 'Intrabursal injection' } },
});
const claimed = (code: string, servicedDate: string, site: string, more: object = {}): object => ({
  resourceType: 'ExplanationOfBenefit',
  status: 'active',
  use: 'claim',
  item: [
    {
      sequence: 1,
      productOrService: {
        coding: [
          {
            system: code.startsWith('J')
              ? 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets'
              : 'http://www.ama-assn.org/go/cpt',
            code,
          },
        ],
      },
      servicedDate,
      bodySite: { text: site },
    },
  ],
  ...more,
});
const verified = (code: string) => ({ verificationStatus: { coding: [{ code }] } });
const rightHip = { bodySite: [{ text: 'right hip' }] };

const ONE_DATE = [
  done('20611', '2026-05-05', rightHip),
  given('completed', '2026-05-05', 'right hip'),
  claimed('20611', '2026-05-05', 'right hip'),
  claimed('J3301', '2026-05-05', 'right hip'),
];

const ADDED: readonly (readonly [string, ...object[]])[] = [
  ['cauda equina syndrome 90 days ago', icd('G83.4', { recordedDate: '2026-08-26' })],
  ['cauda equina syndrome 91 days ago', icd('G83.4', { recordedDate: '2026-08-25' })],
  ['cauda equina syndrome refuted', icd('G83.4', { recordedDate: '2026-11-20', ...verified('refuted') })],
  ['cauda equina syndrome unconfirmed', icd('G83.4', { recordedDate: '2026-11-20', ...verified('unconfirmed') })],
  ['foot drop 26 weeks ago', icd('M21.371', { recordedDate: '2026-05-26' })],
  ['foot drop a day more than 26 weeks ago', icd('M21.371', { recordedDate: '2026-05-25' })],
  ['discitis', icd('M46.46', { recordedDate: '2026-11-10' })],
  ['discitis over', icd('M46.46', { recordedDate: '2019', clinicalStatus: { coding: [{ code: 'resolved' }] } })],
  ['fracture 90 days ago', icd('S32.010A', { onsetDateTime: '2026-08-26' })],
  ['fracture 91 days ago', icd('S32.010A', { onsetDateTime: '2026-08-25' })],
  ['open fracture, first encounter', icd('S32.010B', { onsetDateTime: '2026-11-01' })],
  ['fracture seen again', icd('S32.010D', { onsetDateTime: '2026-11-01' })],
  ['aneurysm 90 days ago', icd('I71.43', { recordedDate: '2026-08-26' })],
  ['aneurysm 91 days ago', icd('I71.43', { recordedDate: '2026-08-25' })],
  ['ankylosing spondylitis', icd('M45.9', { recordedDate: '2015' })],
  ['pregnancy', icd('Z33.1', { recordedDate: '2026-09-01' })],
  ['prostate cancer', icd('C61', { recordedDate: '2024-02-02' })],
  ['skin cancer', icd('C44.311', { recordedDate: '2026-02-02' })],
  ['sciatica of some month', icd('M54.31', { onsetDateTime: '2026-08', recordedDate: '2026-09-01' })],
  ['clopidogrel', drug('clopidogrel 75 mg', '32968', 'active')],
  ['clopidogrel stopped', drug('clopidogrel 75 mg', '32968', 'stopped')],
  ['epidural exactly twelve months ago', done('62323', '2025-11-24')],
  ['epidural a day more than twelve months ago', done('62323', '2025-11-23')],
  ['two levels of one epidural', done('64483', '2026-05-05T09:00:00Z'), done('64484', '2026-05-05T09:00:00Z')],
  ['epidural in error', done('62323', '2026-05-05', { status: 'entered-in-error' })],
  ['hip injections on two dates', done('20611', '2026-05-05', rightHip), done('20611', '2026-09-05', rightHip)],
  [
    'hip injections on either side',
    given('completed', '2026-05-05', 'right hip'),
    given('completed', '2026-06-05', 'left hip'),
  ],
  ['hip injection withheld', given('not-done', '2026-05-05', 'right hip')],
  ['knee injection', given('completed', '2026-05-05', 'right knee')],
  ['hip injection, its drug and its claims of one date', ...ONE_DATE],
  ['hip injection in a claim exactly twelve months ago', claimed('20611', '2025-11-24', 'right hip')],
  ['hip injection in a claim a day more than twelve months ago', claimed('20611', '2025-11-23', 'right hip')],
  [
    'hip injection of either side in claims',
    claimed('20611', '2026-05-05', 'right hip'),
    claimed('20611', '2026-06-05', 'left hip'),
  ],
  ['steroid for a knee in a claim', claimed('J3301', '2026-05-05', 'right knee')],
  ['hip injection in a cancelled claim', claimed('20611', '2026-05-05', 'right hip', { status: 'cancelled' })],
  ['hip injection, leave asked for', claimed('20611', '2026-05-05', 'right hip', { use: 'preauthorization' })],
  ['epidural in a claim exactly twelve months ago', claimed('62323', '2025-11-24', 'lumbar spine')],
  ['epidural in a claim a day more than twelve months ago', claimed('62323', '2025-11-23', 'lumbar spine')],
  ['epidural and its claim of one date', done('64483', '2026-05-05'), claimed('64484', '2026-05-05', 'lumbar spine')],
  ['contact in a claim 26 weeks ago', claimed('97110', '2026-05-26', 'right hip')],
  ['contact 26 weeks ago', done('97110', '2026-05-26')],
  ['contact a day more than 26 weeks ago', done('97110', '2026-05-25')],
  ['contact a day more than 52 weeks ago', done('97110', '2025-11-24')],
  ['contact for a shoulder', done('97110', '2026-10-26', { reasonCode: [{ text: 'right shoulder pain' }] })],
  [
    'contacts around an operation',
    done('97110', '2026-07-01'),
    done('63030', '2026-07-10'),
    done('97110', '2026-09-20'),
  ],
  ['fever 7 days ago', measured('8310-5', '2026-11-17T08:00:00Z', 101.3, '[degF]')],
  ['fever 8 days ago', measured('8310-5', '2026-11-16T08:00:00Z', 38.6, 'Cel')],
  ['CRP 30 days ago', measured('1988-5', '2026-10-25', 44, 'mg/L')],
  ['CRP 31 days ago', measured('1988-5', '2026-10-24', 44, 'mg/L')],
  ['HbA1c', measured('4548-4', '2026-10-24', 8.1, '%')],
];

const laidOver = (name: string, resources: readonly object[]): Bundle => {
  const base = chartOf(BASE);
  const reference = `Patient/${BASE}`;
  const own = { subject: { reference }, patient: { reference } };
  const added = resources.map((each, index) => ({
    resource: { id: `${name.replaceAll(/\W/g, '-')}-${index}`, ...own, ...each },
  }));
  return { ...base, entry: [...(base.entry ?? []), ...added] } as Bundle;
};

describe('and so it is with more than any of them has', () => {
  const rows = ADDED.flatMap(([name, ...resources]) =>
    PROBES.map(
      (probe) => [name, `${probe.side ?? ''} ${probe.region}`.trim(), probe, laidOver(name, resources)] as const,
    ),
  );
  test.each(rows)('%s, an order for the %s', async (_, __, probe, chart) => {
    expect(await readersOn(chart, BASE, probe)).toEqual(opinionOf(chart, probe, TODAY));
  });
});

test('every fact of the table is on record somewhere, so that agreement means something', () => {
  const every = [...charts.values(), ...ADDED.map(([name, ...resources]) => laidOver(name, resources))];
  const opinions = every.flatMap((chart) => PROBES.map((probe) => opinionOf(chart, probe, TODAY)));
  const isSomething = (value: unknown) =>
    value !== undefined && value !== false && value !== 0 && !(Array.isArray(value) && value.length === 0);
  const names = [...new Set(opinions.flatMap((one) => Object.keys(one)))];
  expect(names.filter((name) => !opinions.some((one) => isSomething(one[name])))).toEqual([]);
});

/** The same table from the service: the whole path to its facts, from an order and prefetched slices. */
async function readersOn(chart: Bundle, patient: string, probe: (typeof PROBES)[number]): Promise<Opinion> {
  const draft = {
    resourceType: 'ServiceRequest',
    id: 'probe',
    status: 'draft',
    intent: 'order',
    subject: { reference: `Patient/${patient}` },
    code: { coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: probe.code }] },
    ...(probe.site !== undefined && { bodySite: [{ text: probe.site }] }),
  };
  const context = {
    userId: 'Practitioner/oracle',
    patientId: patient,
    selections: ['ServiceRequest/probe'],
    draftOrders: { resourceType: 'Bundle', type: 'collection', entry: [{ resource: draft }] },
  };
  const request = {
    hook: 'order-select',
    hookInstance: '00000000-0000-4000-8000-000000000000',
    context,
    prefetch: prefetchFrom(chart, queries, context),
  } as unknown as HookRequest;
  const { decision } = await considerCall('rehab-first-order-select', request, {
    knowledge,
    clock: () => new Date(`${TODAY}T12:00:00Z`),
    timeZone: 'UTC',
    openReader: () => undefined,
  });
  const judgement = decision?.judgements.find(({ card }) => card.id === probe.card);
  if (judgement === undefined) throw new Error(`${patient}: no judgement of ${probe.card}`);
  return tableOf(judgement.card, judgement.read, probe);
}

function tableOf(card: CardDefinition, read: Read, { region }: About): Opinion {
  const reading = (name: string) => read(factNamed(card, name));
  const has = (name: string): boolean | 'unknown' => {
    const { min, max } = reading(name).count;
    return min >= 1 ? true : max === 0 ? false : 'unknown';
  };
  const number = (name: string, measure: string): number | undefined => exact(reading(name).measures[measure]);
  const datesOf = (name: string): string[] =>
    [...new Set(reading(name).evidence.flatMap(({ date }) => date ?? []))].sort();
  const last = reading('care.physiotherapy').days?.last;
  const symptoms = reading('symptoms.spine').measures.weeks;
  const indication = reading('indication.spine').names?.certain[0];
  return {
    'patient.age': number('patient.age', 'years'),
    'care.physiotherapy dates': datesOf('care.physiotherapy'),
    'care.physiotherapy weeks': number('care.physiotherapy', 'weeks'),
    'care.physiotherapy last': last === undefined ? undefined : isoDay(last.min),
    'care.physiotherapy-year': number('care.physiotherapy-year', 'contacts'),
    'care.home-programme-year': has('care.home-programme-year'),
    'operation.year': has('operation.year'),
    'operation.recent': has('operation.recent'),
    ...(region === 'hip' && { 'injections.hip': datesOf('injections.hip') }),
    ...(region === 'hip' && { 'tear.report': has('tear.report') }),
    ...(region === 'hip' && {
      'symptoms of tendinopathy':
        reading('indication.hip').names?.certain[0] === 'gluteal-tendinopathy'
          ? reading('symptoms.hip').measures.weeks
          : undefined,
    }),
    'injections.steroid-any-site': datesOf('injections.steroid-any-site'),
    ...(region === 'lumbar' && { 'injections.epidural': datesOf('injections.epidural') }),
    ...(region === 'lumbar' && {
      'indication.spine': indication === 'radicular' || indication === 'stenosis' ? indication : undefined,
      'symptoms of sciatica': indication === 'radicular' ? symptoms : undefined,
    }),
    ...Object.fromEntries(YES_OR_NO.map((name) => [name, has(name)])),
    'red-flag.power lowest': number('red-flag.power', 'lowest'),
    'red-flag.temperature highest': number('red-flag.temperature', 'highest'),
    'red-flag.crp highest': number('red-flag.crp', 'highest'),
    'pain value': number('pain', 'value'),
    'hba1c value': number('hba1c', 'value'),
    'conditions.any': exact(reading('conditions.any').count),
  };
}

const YES_OR_NO = [
  'red-flag.cauda-equina',
  'red-flag.sphincter',
  'red-flag.motor-condition',
  'red-flag.cancer',
  'red-flag.infection',
  'red-flag.fracture',
  'red-flag.aneurysm-new',
  'inflammatory-spine',
  'pregnancy.condition',
  'pregnancy.status',
  'diabetes',
  'insulin',
  'anticoagulant',
  'antiplatelet',
  'nicotine.status',
];

/** A range that is no single number is an opinion too, and a different one. */
const exact = (range: Range | undefined): number | undefined =>
  range === undefined || range.min !== range.max ? undefined : round(range.min);

/** A fact as the card reads it; else as any card does. */
function factNamed(card: CardDefinition, name: string): FactInstance {
  const service = knowledge.services[0];
  for (const one of [card, ...knowledge.cards]) {
    const lines = one.outcomes.flatMap(({ chart, evidence }) => [...chart, ...evidence]);
    const conditions = [
      one.when,
      ...one.silence,
      ...one.caps,
      ...one.outcomes.flatMap(({ when }) => when ?? []),
      ...lines.flatMap(({ when }) => when ?? []),
      ...(service?.silence ?? []),
      ...(service?.caps ?? []),
    ];
    const facts = [...conditions.flatMap(factsOf), ...lines.flatMap((line) => (line.kind === 'fact' ? line.fact : []))];
    const fact = facts.flatMap((each) => [each, ...each.needs]).find((each) => each.name === name);
    if (fact !== undefined) return fact;
  }
  throw new Error(`no card reads the fact ${name}`);
}
