import type { RawResource } from '../cds-hooks/types.ts';
import { at, list, string, text } from '../logic/json.ts';
import { isNotAfter, type Moment, momentAt, momentOf } from './moment.ts';

/** What was ordered once. */
export interface PastOrder {
  /** As a draft, as it was before it was signed. */
  readonly draft: RawResource;
  /** `Type/id` of what it was found in. */
  readonly reference: string;
  readonly type: 'ServiceRequest' | 'MedicationRequest' | 'Procedure';
  readonly moment: Moment;
  /** `YYYY-MM-DDThh:mm:ss` or `YYYY-MM-DD`, as written. */
  readonly written: string;
  readonly encounterId?: string;
  /** Who ordered it: `Practitioner/id` or `PractitionerRole/id`, where that is told. */
  readonly clinician?: string;
  /** Everything it names: `Type/id`. */
  readonly named: ReadonlySet<string>;
}

/** Orders of a patient, earliest first, and what was left out by its reason. */
export interface History {
  readonly orders: readonly PastOrder[];
  readonly left: Readonly<Record<string, number>>;
}

type Look = (type: string) => readonly RawResource[];

/** An order proper; what was planned or proposed was not ordered, and what fills an order is not another. */
const INTENTS = new Set(['order', 'original-order']);
const NEVER = new Set(['entered-in-error', 'draft', 'unknown']);
const DONE = new Set(['completed', 'in-progress', 'stopped', 'on-hold']);
/** A procedure is what came of an order for the same code within so many days. */
const ORDER_DAYS = 365;

/**
 * What was ordered for a patient: service and medication requests, and procedures that no request is on record for. Those are taken as
 * ordered when they were done.
 */
export function historyOf(look: Look): History {
  const left: Record<string, number> = {};
  const leave = (reason: string): PastOrder[] => {
    left[reason] = (left[reason] ?? 0) + 1;
    return [];
  };
  const requests = (['ServiceRequest', 'MedicationRequest'] as const).flatMap((type) =>
    look(type).flatMap((request) => {
      const reason = whyNoOrder(request);
      return reason === undefined
        ? (pastOrder(request, type, text(request, 'authoredOn'), look) ?? leave(`${type} without a day`))
        : leave(`${type}: ${reason}`);
    }),
  );
  const ordered = requests.filter(({ type }) => type === 'ServiceRequest');
  const procedures = look('Procedure').flatMap((procedure) => {
    if (!DONE.has(text(procedure, 'status') ?? 'completed')) return leave('Procedure: not done');
    if (isOrdered(procedure, ordered)) return [];
    const day = text(procedure, 'performedDateTime') ?? text(procedure, 'performedPeriod.start');
    return pastOrder(procedure, 'Procedure', day, look) ?? leave('Procedure without a day');
  });
  return { orders: [...requests, ...procedures].sort(earliestFirst), left };
}

/** Orders that were made together: written down at the same time, in the same encounter. They are one call. */
export function sittingsOf(orders: readonly PastOrder[]): PastOrder[][] {
  const sittings = new Map<string, PastOrder[]>();
  for (const order of orders) {
    const name = `${order.written} ${order.encounterId ?? ''}`;
    const sitting = sittings.get(name);
    if (sitting === undefined) sittings.set(name, [order]);
    else sitting.push(order);
  }
  return [...sittings.values()];
}

function whyNoOrder(request: RawResource): string | undefined {
  const status = text(request, 'status') ?? 'active';
  if (NEVER.has(status)) return status;
  const intent = text(request, 'intent') ?? 'order';
  if (!INTENTS.has(intent)) return `intent ${intent}`;
  if (request.doNotPerform === true) return 'doNotPerform';
  if (request.reportedBoolean === true || request.reportedReference !== undefined) return 'reported, not ordered here';
  return undefined;
}

const codesOf = (resource: RawResource): string[] =>
  at(resource, 'code.coding').map((one) => `${text(one, 'system')}|${text(one, 'code')}`);

/** Whether a procedure came of one of the orders: it names one, or is for the same code and soon after. */
function isOrdered(procedure: RawResource, orders: readonly PastOrder[]): boolean {
  const named = new Set(referencesOf(procedure, ['basedOn.reference']));
  const moment = momentAt(procedure, ['performedDateTime', 'performedPeriod.start']);
  const codes = new Set(codesOf(procedure));
  return orders.some(
    (order) =>
      named.has(order.reference) ||
      (moment !== undefined &&
        codesOf(order.draft).some((code) => codes.has(code)) &&
        isNotAfter(order.moment, { days: moment.days }) &&
        moment.days.min - order.moment.days.max <= ORDER_DAYS),
  );
}

/** Undefined when nobody can say on which day it was ordered. */
function pastOrder(
  resource: RawResource,
  type: PastOrder['type'],
  written: string | undefined,
  look: Look,
): PastOrder | undefined {
  const moment = momentOf(written);
  if (moment === undefined || written === undefined || moment.days.min !== moment.days.max) return undefined;
  const encounterId = lastPart(text(resource, 'encounter.reference'), 'Encounter');
  const clinician = clinicianOf(resource);
  return {
    draft: type === 'Procedure' ? draftOfProcedure(resource) : draftOf(resource, look),
    reference: `${type}/${resource.id}`,
    type,
    moment,
    written,
    ...(encounterId !== undefined && { encounterId }),
    ...(clinician !== undefined && { clinician }),
    named: new Set(referencesOf(resource, ['encounter.reference', 'reasonReference.reference'])),
  };
}

function clinicianOf(resource: RawResource): string | undefined {
  const reference = text(resource, 'requester.reference') ?? text(resource, 'performer.actor.reference');
  return /(?:^|\/)(Practitioner(?:Role)?\/[A-Za-z0-9._-]{1,128})(?:\/_history\/[^/]*)?$/.exec(reference ?? '')?.[1];
}

/** What a resource refers to at some paths: `Type/id`. */
const referencesOf = (resource: RawResource, paths: readonly string[]): string[] =>
  paths
    .flatMap((path) => at(resource, path))
    .flatMap((one) => (typeof one === 'string' ? [one.split('/').slice(-2).join('/')] : []));

function lastPart(reference: string | undefined, type: string): string | undefined {
  const id = new RegExp(`(?:^|/)${type}/([A-Za-z0-9._-]{1,128})(?:/_history/[^/]*)?$`).exec(reference ?? '')?.[1];
  return id === undefined || /^\.+$/.test(id) ? undefined : id;
}

/** A draft names its drug itself: a Medication that it refers to goes with it. */
function draftOf(request: RawResource, look: Look): RawResource {
  const id = lastPart(text(request, 'medicationReference.reference'), 'Medication');
  const medication = id === undefined ? undefined : look('Medication').find((one) => one.id === id);
  return {
    ...request,
    status: 'draft',
    ...(medication !== undefined && {
      contained: [...list(request.contained), medication],
      medicationReference: { reference: `#${medication.id}` },
    }),
  };
}

function draftOfProcedure(procedure: RawResource): RawResource {
  const { id, subject, code, bodySite, reasonCode, reasonReference, encounter, note } = procedure;
  const told = { subject, code, bodySite, reasonCode, reasonReference, encounter, note };
  const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  return { resourceType: 'ServiceRequest', id: string(id) ?? 'procedure', status: 'draft', intent: 'order', ...given };
}

const earliestFirst = (a: PastOrder, b: PastOrder): number =>
  a.moment.days.min - b.moment.days.min ||
  (a.moment.instant ?? 0) - (b.moment.instant ?? 0) ||
  (a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : 0);
