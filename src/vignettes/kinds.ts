import { SYSTEMS } from '../terminology/systems.ts';
import { vignetteDate } from './dates.ts';

/** One line of a vignette's chart, or its order, as written. */
export type Line = Readonly<Record<string, unknown>>;

/** `system|code` with a short system name or a URI, or plain words, or several of these, as a CodeableConcept. */
export function concept(value: unknown): object {
  const parts = (Array.isArray(value) ? value : [value]).map(String);
  const coding = parts.flatMap((part) => {
    const bar = part.lastIndexOf('|');
    if (bar < 0) return [];
    const system = part.slice(0, bar);
    if (SYSTEMS[system] === undefined && !system.includes(':'))
      throw new Error(`"${system}" is not a code system (known: ${Object.keys(SYSTEMS).join(', ')})`);
    return [{ system: SYSTEMS[system] ?? system, code: part.slice(bar + 1) }];
  });
  const text = parts.filter((part) => !part.includes('|')).join(', ');
  return { ...(coding.length > 0 && { coding }), ...(text !== '' && { text }) };
}

export const optional = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });
export const conceptOf = (name: string, value: unknown, asList = false): object =>
  value === undefined || value === null ? {} : { [name]: asList ? [concept(value)] : concept(value) };

/** How a resource type is written in a vignette. */
export interface Kind {
  readonly keys: readonly string[];
  readonly build: (line: Line, what: unknown, date: string | undefined, today: number) => object;
}

/** Each resource type a vignette's chart may hold, the keys it takes beside `id` and `slice`, and the resource it stands for. */
export const KINDS: Readonly<Record<string, Kind>> = {
  Condition: {
    keys: ['onset', 'recorded', 'status', 'verification', 'bodySite', 'note'],
    build: ({ onset, recorded, status = 'active', verification = 'confirmed', bodySite, note }, what, _, today) => ({
      code: concept(what),
      ...(status !== 'absent' && { clinicalStatus: { coding: [{ code: status }] } }),
      verificationStatus: { coding: [{ code: verification }] },
      ...optional('onsetDateTime', onset === undefined ? undefined : vignetteDate(String(onset), today)),
      ...optional('recordedDate', recorded === undefined ? undefined : vignetteDate(String(recorded), today)),
      ...conceptOf('bodySite', bodySite, true),
      ...optional('note', note === undefined ? undefined : [{ text: note }]),
    }),
  },
  Procedure: {
    keys: ['on', 'status', 'bodySite', 'reason', 'outcome', 'note'],
    build: ({ status = 'completed', bodySite, reason, outcome, note }, what, date) => ({
      code: concept(what),
      status,
      ...optional('performedDateTime', date),
      ...conceptOf('bodySite', bodySite, true),
      ...conceptOf('reasonCode', reason, true),
      ...conceptOf('outcome', outcome),
      ...optional('note', note === undefined ? undefined : [{ text: note }]),
    }),
  },
  Encounter: {
    keys: ['on', 'status', 'reason'],
    build: ({ status = 'finished', reason }, what, date) => ({
      type: [concept(what)],
      status,
      class: { code: 'AMB' },
      ...optional('period', date === undefined ? undefined : { start: date }),
      ...conceptOf('reasonCode', reason, true),
    }),
  },
  Appointment: {
    keys: ['on', 'status'],
    build: ({ status = 'fulfilled' }, what, date) => ({
      serviceType: [concept(what)],
      status,
      ...optional('start', date),
    }),
  },
  CarePlan: {
    keys: ['on', 'status', 'plan'],
    build: ({ status, plan }, what, date) =>
      plan === true ? planOf(what, status, date) : activityOf(what, status, date),
  },
  ServiceRequest: {
    keys: ['on', 'status', 'reason', 'bodySite'],
    build: ({ status = 'active', reason, bodySite }, what, date) => ({
      code: concept(what),
      status,
      intent: 'order',
      ...optional('authoredOn', date),
      ...conceptOf('reasonCode', reason, true),
      ...conceptOf('bodySite', bodySite, true),
    }),
  },
  MedicationRequest: {
    keys: ['on', 'status', 'reason', 'route', 'dosage'],
    build: ({ status = 'active', reason, route, dosage }, what, date) => ({
      medicationCodeableConcept: concept(what),
      status,
      intent: 'order',
      ...optional('authoredOn', date),
      ...conceptOf('reasonCode', reason, true),
      ...(route === undefined && dosage === undefined
        ? {}
        : { dosageInstruction: [{ ...conceptOf('route', route), ...optional('text', dosage) }] }),
    }),
  },
  MedicationAdministration: {
    keys: ['on', 'status', 'reason', 'route', 'site'],
    build: ({ status = 'completed', reason, route, site }, what, date) => ({
      medicationCodeableConcept: concept(what),
      status,
      ...optional('effectiveDateTime', date),
      ...conceptOf('reasonCode', reason, true),
      dosage: { ...conceptOf('route', route), ...conceptOf('site', site) },
    }),
  },
  Observation: {
    keys: ['on', 'status', 'value', 'unit', 'answer', 'category', 'comparator'],
    build: ({ status = 'final', value, unit, answer, category, comparator }, what, date) => ({
      code: concept(what),
      status,
      ...optional('effectiveDateTime', date),
      ...conceptOf('category', category, true),
      ...optional(
        'valueQuantity',
        value === undefined ? undefined : { value, ...optional('unit', unit), ...optional('comparator', comparator) },
      ),
      ...optional('valueString', answer),
    }),
  },
  DiagnosticReport: {
    keys: ['on', 'status', 'conclusion'],
    build: ({ status = 'final', conclusion }, what, date) => ({
      code: concept(what),
      status,
      ...optional('effectiveDateTime', date),
      ...optional('conclusion', conclusion),
    }),
  },
  ExplanationOfBenefit: {
    keys: ['on', 'status', 'use', 'bodySite', 'reason'],
    build: ({ status = 'active', use = 'claim', bodySite, reason }, what, date) => ({
      status,
      use,
      ...(reason !== undefined && { diagnosis: [{ sequence: 1, diagnosisCodeableConcept: concept(reason) }] }),
      item: [
        {
          productOrService: concept(what),
          ...optional('servicedDate', date),
          ...conceptOf('bodySite', bodySite),
        },
      ],
    }),
  },
  AllergyIntolerance: {
    keys: ['status', 'verification'],
    build: ({ status = 'active', verification = 'confirmed' }, what) => ({
      code: concept(what),
      clinicalStatus: { coding: [{ code: status }] },
      verificationStatus: { coding: [{ code: verification }] },
    }),
  },
};

/** A plan that is told by its category alone. */
const planOf = (what: unknown, status: unknown = 'active', date?: string) => ({
  status,
  intent: 'plan',
  category: [concept(what)],
  ...optional('period', date === undefined ? undefined : { start: date }),
});

/** A running plan with one activity. */
const activityOf = (what: unknown, status: unknown = 'completed', date?: string) => ({
  status: 'active',
  intent: 'plan',
  activity: [
    {
      detail: {
        code: concept(what),
        status,
        ...optional('scheduledPeriod', date === undefined ? undefined : { start: date }),
      },
    },
  ],
});
