import type { RawResource } from '../cds-hooks/types.ts';
import { code, isObject, list, member, text } from '../logic/json.ts';
import { isBefore, isNotAfter, type Moment, momentAt } from './moment.ts';

/** When a resource of a type came to be known, and what a date on the very day of the order means. */
interface KnownFrom {
  /** When it was written down; where nothing says that, when it took place. */
  readonly paths: readonly string[];
  /** `found` on the day of the order is what led to it; `done` on that day is what came of it, unless a time says that it was before. */
  readonly sameDay: 'found' | 'done';
}

const found = (...paths: readonly string[]): KnownFrom => ({ paths, sameDay: 'found' });
const done = (...paths: readonly string[]): KnownFrom => ({ paths, sameDay: 'done' });

/** Element names: http://hl7.org/fhir/R4/. `meta.lastUpdated` is not among them: exports write it anew. */
const KNOWN_FROM: Readonly<Record<string, KnownFrom>> = {
  Condition: found('recordedDate', 'onsetDateTime', 'onsetPeriod.start'),
  AllergyIntolerance: found('recordedDate', 'onsetDateTime', 'lastOccurrence'),
  Encounter: found('period.start'),
  Appointment: found('created', 'start'),
  CarePlan: found('created', 'period.start'),
  Goal: found('startDate', 'statusDate'),
  Observation: found('issued', 'effectiveDateTime', 'effectiveInstant', 'effectivePeriod.end', 'effectivePeriod.start'),
  DiagnosticReport: found('issued', 'effectiveDateTime', 'effectivePeriod.end', 'effectivePeriod.start'),
  Coverage: found('period.start'),
  Communication: found('sent', 'received'),
  MedicationStatement: found('dateAsserted', 'effectiveDateTime', 'effectivePeriod.start'),
  Procedure: done('performedDateTime', 'performedPeriod.start', 'performedString'),
  ServiceRequest: done('authoredOn', 'occurrenceDateTime', 'occurrencePeriod.start'),
  MedicationRequest: done('authoredOn'),
  MedicationAdministration: done('effectiveDateTime', 'effectivePeriod.start'),
  MedicationDispense: done('whenHandedOver', 'whenPrepared'),
  Immunization: done('recorded', 'occurrenceDateTime'),
  ExplanationOfBenefit: done('created', 'billablePeriod.end', 'billablePeriod.start'),
  Claim: done('created', 'billablePeriod.end', 'billablePeriod.start'),
};

/** What is known of a patient without any date: who they are, and allergies, which can only withhold. */
const TIMELESS = new Set(['Patient', 'Medication']);
const KNOWN_UNDATED = new Set(['AllergyIntolerance']);

/** Whether and how a resource was known at a moment. */
export type Knowing = 'known' | 'later' | 'undated';

/**
 * Whether a resource was in the chart when an order was made. What the order itself names (`named`: `Type/id`), as its encounter or its
 * reason, was there, unless it was written down on a later day: then the order was amended. A partial date counts only when all of it is
 * past; what has no date does not count.
 */
export function knowing(resource: RawResource, order: Moment, named: ReadonlySet<string>): Knowing {
  const { resourceType: type } = resource;
  if (TIMELESS.has(type)) return 'known';
  const from = KNOWN_FROM[type];
  const moment = from && momentAt(resource, from.paths);
  if (named.has(`${type}/${resource.id}`)) return moment && moment.days.min > order.days.max ? 'later' : 'known';
  if (from === undefined || moment === undefined) return KNOWN_UNDATED.has(type) ? 'known' : 'undated';
  const isKnown = from.sameDay === 'found' ? isNotAfter(moment, order) : isBefore(moment, order);
  return isKnown ? 'known' : 'later';
}

/** A resource as it stood at a moment: what its own dates say came later is taken back, and so is the time of its last change. */
export function asThen(resource: RawResource, order: Moment): RawResource {
  const { meta, ...rest } = resource;
  const stripped = isObject(meta) ? { ...rest, meta: without(meta, 'lastUpdated') } : rest;
  const rewind = REWIND[resource.resourceType];
  return { ...(rewind?.(stripped as RawResource, order) ?? stripped) } as RawResource;
}

type Rewind = (resource: RawResource, order: Moment) => RawResource;

const REWIND: Readonly<Record<string, Rewind>> = {
  Patient: (patient) => without(without(patient, 'deceasedBoolean'), 'deceasedDateTime') as RawResource,
  Condition: (condition, order) => {
    if (!isLater(condition, ['abatementDateTime', 'abatementPeriod.start'], order)) return condition;
    const kept = Object.fromEntries(Object.entries(condition).filter(([name]) => !name.startsWith('abatement')));
    const isOver = ['resolved', 'inactive', 'remission'].includes(code(condition, 'clinicalStatus') ?? '');
    return { ...kept, ...(isOver && { clinicalStatus: { coding: [{ code: 'active' }] } }) } as unknown as RawResource;
  },
  Encounter: (encounter, order) =>
    isLater(encounter, ['period.end'], order) ? reopened(encounter, 'period', { finished: 'in-progress' }) : encounter,
  Procedure: (procedure, order) =>
    isLater(procedure, ['performedPeriod.end'], order)
      ? reopened(procedure, 'performedPeriod', { completed: 'in-progress' })
      : procedure,
  Appointment: (appointment, order) =>
    isLater(appointment, ['start'], order)
      ? restated(appointment, { fulfilled: 'booked', arrived: 'booked', 'checked-in': 'booked', noshow: 'booked' })
      : appointment,
  CarePlan: (plan, order) => {
    const then = isLater(plan, ['period.end'], order) ? reopened(plan, 'period', { completed: 'active' }) : plan;
    return { ...then, ...(then.activity !== undefined && { activity: activitiesThen(then, order) }) };
  },
};

const isLater = (resource: unknown, paths: readonly string[], order: Moment): boolean => {
  const moment = momentAt(resource, paths);
  return moment !== undefined && !isNotAfter(moment, order);
};

function activitiesThen({ activity }: RawResource, order: Moment): unknown[] {
  const starts = ['scheduledPeriod.start', 'scheduledTiming.event', 'scheduledTiming.repeat.boundsPeriod.start'];
  return list(activity).map((one) => {
    const detail = member(one, 'detail');
    if (!isObject(one) || !isObject(detail) || !isLater(detail, starts, order)) return one;
    return { ...one, detail: restated(detail, { completed: 'scheduled', 'in-progress': 'scheduled' }) };
  });
}

function reopened(resource: RawResource, period: string, statuses: Readonly<Record<string, string>>): RawResource {
  const dates = member(resource, period);
  return { ...restated(resource, statuses), [period]: isObject(dates) ? without(dates, 'end') : dates };
}

function restated<T extends object>(resource: T, statuses: Readonly<Record<string, string>>): T {
  const status = text(resource, 'status') ?? '';
  return Object.hasOwn(statuses, status) ? { ...resource, status: statuses[status] } : resource;
}

function without(value: object, name: string): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}
