import fc from 'fast-check';
import { considerCall } from '../../src/answer.ts';
import type { HookRequest, RawResource } from '../../src/cds-hooks/types.ts';
import { Chart } from '../../src/chart/chart.ts';
import type { Slice } from '../../src/chart/slice.ts';
import { isoDay } from '../../src/clinical/dates.ts';
import type { Knowledge } from '../../src/knowledge/types.ts';
import { readDrafts, selectedOrders } from '../../src/orders/order.ts';
import { classify } from '../../src/orders/scope.ts';
import { type Decision, decide } from '../../src/rules/decide.ts';
import {
  aCondition,
  aContext,
  aDraft,
  aDrugDraft,
  anObservation,
  aPatient,
  aProcedure,
  aResource,
  aVisit,
  codeable,
  daysAgo,
  TODAY,
} from '../support/builders.ts';

/** One resource of a random chart, and the slice it stands in. */
export interface Row {
  readonly slice: string;
  readonly resource: RawResource;
}

const CONDITIONS = [
  ['icd10cm|M76.01'],
  ['icd10cm|M70.61', 'trochanteric bursitis, right'],
  ['icd10cm|M25.551'],
  ['icd10cm|M54.16'],
  ['icd10cm|M54.41', 'sciatica, right'],
  ['icd10cm|M48.061'],
  ['icd10cm|M54.50'],
  ['icd10cm|M16.11'],
  ['icd10cm|G83.4'],
  ['icd10cm|R33.9'],
  ['icd10cm|C50.911'],
  ['icd10cm|C44.91'],
  ['icd10cm|Z85.3'],
  ['icd10cm|E11.9'],
  ['icd10cm|M45.6'],
  ['icd10cm|Z33.1'],
  ['icd10cm|I71.4'],
  ['icd10cm|S32.010A'],
  ['low back pain'],
  ['gluteal tendinopathy, right'],
  ['suspected cauda equina syndrome'],
  ['foot drop'],
  ['heart failure NYHA III'],
];
const PROCEDURES = [
  'cpt|97110',
  'cpt|97140',
  'physiotherapy',
  'home exercise programme',
  'cpt|62323',
  'cpt|20611',
  'cpt|63030',
  'cpt|27130',
  'steroid injection right hip',
  'lumbar epidural steroid injection',
  'acupuncture',
  'cpt|64493',
  'cpt|64635',
  'cpt|20552',
  'sacroiliac joint injection',
];
const NOTES = [
  'no relief',
  'pain back after one week',
  '80 % relief for 3 months',
  '90 % relief',
  'lumbar',
  'left hip',
  'right hip',
  'oral',
  'retention of urine',
];
const DRUGS = [
  'rxnorm|11289',
  'warfarin',
  'ibuprofen',
  'gabapentin',
  'triamcinolone injection',
  'insulin glargine',
  'clopidogrel',
];
const MEASURES: readonly (readonly [string, string])[] = [
  ['loinc|72514-3', '{score}'],
  ['loinc|8310-5', 'Cel'],
  ['loinc|1988-5', 'mg/L'],
  ['loinc|4537-7', 'mm/h'],
  ['loinc|4548-4', '%'],
  ['loinc|777-3', '10*3/uL'],
  ['loinc|6301-6', '{score}'],
];

const date = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 420 }).map(daysAgo) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 420 }).map((ago) => isoDay(TODAY - ago).slice(0, 7)) },
  { weight: 1, arbitrary: fc.constantFrom('2026', '2025') },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 5 });
const given = (more: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
const noted = maybe(fc.constantFrom(...NOTES)).map((text) => (text === undefined ? {} : { note: [{ text }] }));
const coded = (code: string) => ({ coding: [{ code }] });

const condition = fc
  .record({
    what: fc.constantFrom(...CONDITIONS),
    onset: maybe(date),
    recorded: maybe(date),
    clinical: fc.constantFrom('active', 'active', 'active', 'resolved'),
    verification: fc.constantFrom('confirmed', 'confirmed', 'unconfirmed'),
    note: noted,
  })
  .map(
    ({ what, onset, recorded, clinical, verification, note }): Row => ({
      slice: 'conditions',
      resource: aCondition(
        '?',
        what,
        given({
          onsetDateTime: onset,
          recordedDate: recorded,
          clinicalStatus: coded(clinical),
          verificationStatus: coded(verification),
          ...note,
        }),
      ),
    }),
  );

const procedure = fc
  .record({
    what: fc.constantFrom(...PROCEDURES),
    on: maybe(date),
    status: fc.constantFrom('completed', 'completed', 'completed', 'unknown', 'not-done'),
    site: fc.constantFrom(undefined, undefined, 'right hip', 'left hip', 'lumbar spine'),
    note: noted,
  })
  .map(
    ({ what, on, status, site, note }): Row => ({
      slice: 'procedures',
      resource: aProcedure('?', what, on, given({ status, bodySite: site && [{ text: site }], ...note })),
    }),
  );

const visit = fc
  .record({ what: fc.constantFrom('physiotherapy', 'general practice', 'hospice visit', 'PT session'), on: date })
  .map(({ what, on }): Row => ({ slice: 'visits', resource: aVisit('?', what, on) }));

const appointment = fc
  .record({
    what: fc.constantFrom('physiotherapy', 'dentist'),
    on: date,
    status: fc.constantFrom('fulfilled', 'booked'),
  })
  .map(
    ({ what, on, status }): Row => ({
      slice: 'appointments',
      resource: aResource('Appointment', '?', { serviceType: [codeable(what)], start: on, status }),
    }),
  );

const referral = fc
  .record({
    what: fc.constantFrom('snomed|444831000124102', 'home exercise programme', 'palliative care'),
    on: date,
    status: fc.constantFrom('active', 'completed'),
  })
  .map(
    ({ what, on, status }): Row => ({
      slice: 'referrals',
      resource: aResource('ServiceRequest', '?', { code: codeable(what), authoredOn: on, status, intent: 'order' }),
    }),
  );

const drug = fc
  .record({
    what: fc.constantFrom(...DRUGS),
    on: date,
    type: fc.constantFrom('MedicationRequest', 'MedicationAdministration'),
    unread: fc.boolean(),
  })
  .map(
    ({ what, on, type, unread }): Row => ({
      slice: type === 'MedicationRequest' ? 'medications' : 'administrations',
      resource: aResource(type, '?', {
        status: type === 'MedicationRequest' ? 'active' : 'completed',
        authoredOn: on,
        effectiveDateTime: on,
        ...(unread
          ? { medicationReference: { reference: 'Medication/gone' } }
          : { medicationCodeableConcept: codeable(what) }),
        dosage: { text: 'injection, right hip' },
      }),
    }),
  );

const measurement = fc
  .record({
    what: fc.constantFrom(...MEASURES),
    on: maybe(date),
    value: fc.constantFrom(1, 3, 6, 7, 8, 30, 37, 38.5, 90, 300),
    unit: fc.constantFrom(undefined, undefined, undefined, 'furlong'),
  })
  .map(
    ({ what: [what, usual], on, value, unit }): Row => ({
      slice: 'measurements',
      resource: anObservation('?', what, on, { valueQuantity: { value, unit: unit ?? usual } }),
    }),
  );

const finding = fc
  .record({
    what: fc.constantFrom('night pain', 'muscle power', 'examination'),
    on: maybe(date),
    answer: fc.constantFrom('5', '3', 'night pain', 'saddle anaesthesia', 'normal'),
  })
  .map(
    ({ what, on, answer }): Row => ({
      slice: 'findings',
      resource: anObservation('?', what, on, { valueString: answer }),
    }),
  );

const report = fc
  .record({
    what: fc.constantFrom('MRI lumbar spine', 'MRI hip'),
    on: maybe(date),
    conclusion: fc.constantFrom(
      'disc herniation',
      'full-thickness gluteus medius tear',
      'compression fracture L1',
      'normal',
    ),
  })
  .map(
    ({ what, on, conclusion }): Row => ({
      slice: 'reports',
      resource: aResource(
        'DiagnosticReport',
        '?',
        given({ code: codeable(what), status: 'final', effectiveDateTime: on, conclusion }),
      ),
    }),
  );

const plan = fc.record({ on: date, status: fc.constantFrom('completed', 'scheduled') }).map(
  ({ on, status }): Row => ({
    slice: 'carePlans',
    resource: aResource('CarePlan', '?', {
      status: 'active',
      activity: [{ detail: { code: codeable('home exercise programme'), status, scheduledPeriod: { start: on } } }],
    }),
  }),
);

const row = fc.oneof(
  { weight: 4, arbitrary: condition },
  { weight: 5, arbitrary: procedure },
  { weight: 3, arbitrary: visit },
  { weight: 1, arbitrary: appointment },
  { weight: 1, arbitrary: referral },
  { weight: 2, arbitrary: drug },
  { weight: 2, arbitrary: measurement },
  { weight: 2, arbitrary: finding },
  { weight: 1, arbitrary: report },
  { weight: 1, arbitrary: plan },
);

/** A patient with a reason for the order, a course of visits as a rule, and a few things more; ids are their places. */
export const rows: fc.Arbitrary<Row[]> = fc
  .tuple(
    fc.constantFrom('icd10cm|M76.01', 'icd10cm|M54.16', 'icd10cm|M48.061', 'icd10cm|M54.50', 'icd10cm|M47.816'),
    fc.integer({ min: 0, max: 60 }).map((weeks) => daysAgo(weeks * 7)),
    fc.integer({ min: 0, max: 8 }),
    fc.array(row, { maxLength: 9 }),
  )
  .map(([what, onsetDateTime, count, more]) => {
    const indication: Row = { slice: 'conditions', resource: aCondition('?', what, { onsetDateTime }) };
    const course = Array.from(
      { length: count },
      (_, index): Row => ({
        slice: index % 2 === 0 ? 'visits' : 'procedures',
        resource:
          index % 2 === 0
            ? aVisit('?', 'physiotherapy', daysAgo(10 + index * 9))
            : aProcedure('?', 'cpt|97110', daysAgo(10 + index * 9)),
      }),
    );
    return [indication, ...course, ...more].map(({ slice, resource }, index) => ({
      slice,
      resource: { ...resource, id: `r${index}` },
    }));
  });

export const DRAFTS: readonly RawResource[] = [
  aDraft('o1', ['cpt|20611', 'injection of right hip bursa'], { reasonCode: [codeable('icd10cm|M76.01')] }),
  aDraft('o1', 'cpt|20611', { bodySite: [{ text: 'right hip' }] }),
  aDraft('o1', 'cpt|62323'),
  aDraft('o1', 'lumbar epidural steroid injection', { reasonCode: [codeable('sciatica')] }),
  aDraft('o1', 'cpt|63030', { priority: 'routine' }),
  aDraft('o1', 'cpt|64493', { reasonCode: [codeable('icd10cm|M47.816')] }),
  aDraft('o1', 'lumbar radiofrequency ablation'),
  aDraft('o1', 'cpt|27096'),
  aDraft('o1', 'cpt|20552', { bodySite: [{ text: 'lumbar' }], reasonCode: [codeable('icd10cm|M79.18')] }),
  aDraft('o1', 'cpt|20553', { bodySite: [{ text: 'piriformis' }] }),
  aDraft('o1', 'cpt|0232T', { reasonCode: [codeable('icd10cm|M76.01')] }),
  aDraft('o1', 'PRP injection', { bodySite: [{ text: 'lumbar spine' }] }),
  aDrugDraft('o1', 'triamcinolone', { dosageInstruction: [{ text: 'injection into the bursa, right hip' }] }),
];
export const draft = fc.constantFrom(...DRAFTS);

/** How completely each slice is read; a slice that is not named is complete. */
export type States = Readonly<Record<string, 'partial' | 'unavailable'>>;

/** The slices of a chart; `part` says which rows of a partial slice were seen. */
export function slicesOf(
  knowledge: Knowledge,
  all: readonly Row[],
  states: States = {},
  part: (row: Row, index: number) => boolean = () => true,
): Map<string, Slice> {
  const slices = new Map<string, Slice>();
  for (const name of knowledge.slices.keys()) {
    const state = states[name] ?? 'complete';
    const mine = all
      .filter((one, index) => one.slice === name && (state !== 'partial' || part(one, index)))
      .map(({ resource }) => resource);
    const resources = name === 'patient' ? [aPatient(), ...mine] : mine;
    slices.set(
      name,
      state === 'unavailable' ? { state, reason: 'the spec says so' } : { state, resources, included: [] },
    );
  }
  return slices;
}

const ENCOUNTER: RawResource = aResource('Encounter', 'e1', { status: 'in-progress', class: { code: 'AMB' } });

/** Judges one draft over given slices, in the encounter `e1`. */
export function judge(knowledge: Knowledge, slices: ReadonlyMap<string, Slice>, resource: RawResource): Decision {
  const service = knowledge.services[0];
  if (service === undefined) throw new Error('the pack has no service');
  const { terminology } = knowledge;
  const context = aContext([resource], { encounterId: 'e1' });
  const drafts = readDrafts(context);
  const scoped = selectedOrders(context, drafts).flatMap(
    (order) => classify(order, service.orderClasses, terminology) ?? [],
  );
  const encounter = slices.get('encounter');
  const chart = new Chart(
    encounter?.state === 'complete'
      ? new Map([...slices, ['encounter', { ...encounter, resources: [ENCOUNTER] }]])
      : slices,
  );
  return decide({ service, scoped, drafts, context, chart, today: TODAY, terminology });
}

/** A whole call over prefetch, as an EHR makes it. */
export async function callWith(
  knowledge: Knowledge,
  all: readonly Row[],
  drafts: readonly unknown[],
  patient: RawResource = aPatient(),
) {
  const names = [...knowledge.slices.keys()].filter((name) => name !== 'patient' && name !== 'encounter');
  const bundle = (name: string): RawResource => ({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: all.filter(({ slice }) => slice === name).map(({ resource }) => ({ resource })),
  });
  const request: HookRequest = {
    hook: 'order-sign',
    hookInstance: '00000000-0000-4000-8000-000000000000',
    context: aContext(drafts),
    prefetch: Object.fromEntries([['patient', patient], ...names.map((name) => [name, bundle(name)])]),
  };
  const service = knowledge.services.find(({ hook }) => hook === 'order-sign');
  const { response } = await considerCall(service?.id ?? '', request, {
    knowledge,
    timeZone: 'UTC',
    clock: () => new Date(`${isoDay(TODAY)}T12:00:00Z`),
    openReader: () => undefined,
  });
  return response;
}
