import { code, type Json, member, text } from '../logic/json.ts';

/**
 * How things stand with an entry, whatever its type calls it: `done` happened; `active` is so now; `planned` is not yet; `over` was so;
 * `unconfirmed` is a diagnosis not confirmed; `void` was never so (refuted, cancelled, entered in error); `unstated` has no status.
 */
export type Standing = 'done' | 'active' | 'planned' | 'over' | 'unconfirmed' | 'unstated' | 'void';

/** Where a resource type keeps what every entry has: paths, in order of preference. */
export interface Shape {
  readonly what: readonly string[];
  readonly from: readonly string[];
  readonly recorded?: readonly string[];
  readonly site?: readonly string[];
  readonly reason?: readonly string[];
  readonly notes?: readonly string[];
  readonly standing: (resource: Json) => Standing;
  /** Each element here is an entry of its own. */
  readonly lines?: string;
}

const statuses = (path: string, map: Readonly<Record<string, Standing>>) => (resource: Json) => {
  const status = code(resource, path);
  return status !== undefined && Object.hasOwn(map, status) ? (map[status] ?? 'unstated') : 'unstated';
};

/** FHIR R4 clinicalStatus and verificationStatus, for Condition and AllergyIntolerance. */
function clinicalStanding(resource: Json): Standing {
  const verification = code(resource, 'verificationStatus');
  if (verification === 'refuted' || verification === 'entered-in-error') return 'void';
  const clinical = code(resource, 'clinicalStatus') ?? text(resource, 'clinicalStatus.text')?.toLowerCase();
  if (clinical === 'inactive' || clinical === 'remission' || clinical === 'resolved') return 'over';
  const abated = Object.keys(resource).some((name) => name.startsWith('abatement') && resource[name] !== false);
  if (abated && clinical === undefined) return 'over';
  if (verification === 'unconfirmed' || verification === 'provisional' || verification === 'differential')
    return 'unconfirmed';
  return 'active';
}

export const REQUEST = statuses('status', {
  active: 'active',
  'on-hold': 'active',
  completed: 'done',
  draft: 'planned',
  stopped: 'over',
  ended: 'over',
  revoked: 'void',
  cancelled: 'void',
  'entered-in-error': 'void',
});

const EVENT = statuses('status', {
  completed: 'done',
  finished: 'done',
  discharged: 'done',
  'in-progress': 'active',
  arrived: 'active',
  triaged: 'active',
  onleave: 'active',
  preparation: 'planned',
  planned: 'planned',
  'on-hold': 'planned',
  intended: 'planned',
  active: 'active',
  'not-done': 'void',
  'not-taken': 'void',
  cancelled: 'void',
  stopped: 'void',
  declined: 'void',
  'entered-in-error': 'void',
});

const RESULT = statuses('status', {
  final: 'done',
  amended: 'done',
  corrected: 'done',
  appended: 'done',
  preliminary: 'done',
  partial: 'done',
  registered: 'planned',
  cancelled: 'void',
  'entered-in-error': 'void',
});

export const CLAIM = statuses('status', {
  active: 'done',
  draft: 'void',
  cancelled: 'void',
  'entered-in-error': 'void',
});

const APPOINTMENT = statuses('status', {
  fulfilled: 'done',
  booked: 'planned',
  pending: 'planned',
  proposed: 'planned',
  waitlist: 'planned',
  arrived: 'planned',
  'checked-in': 'planned',
  cancelled: 'void',
  noshow: 'void',
  'entered-in-error': 'void',
});

/** An activity in progress has begun: its instruction took place. */
const ACTIVITY = statuses('status', {
  completed: 'done',
  'in-progress': 'done',
  scheduled: 'planned',
  'not-started': 'planned',
  'on-hold': 'planned',
  stopped: 'over',
  cancelled: 'void',
  'entered-in-error': 'void',
});

const orderStanding = (resource: Json): Standing => (resource.doNotPerform === true ? 'void' : REQUEST(resource));

/** Where each R4 type keeps what every entry has. Element names: http://hl7.org/fhir/R4/ */
export const SHAPES: Readonly<Record<string, Shape>> = {
  Condition: {
    what: ['code'],
    from: ['onsetDateTime', 'onsetPeriod.start'],
    recorded: ['recordedDate'],
    site: ['bodySite'],
    notes: ['note.text', 'evidence.code', 'severity', 'stage.summary'],
    standing: clinicalStanding,
  },
  AllergyIntolerance: {
    what: ['code', 'reaction.substance'],
    from: ['onsetDateTime'],
    recorded: ['recordedDate'],
    notes: ['note.text', 'reaction.manifestation'],
    standing: clinicalStanding,
  },
  Procedure: {
    what: ['code'],
    from: ['performedDateTime', 'performedPeriod.start', 'performedString'],
    site: ['bodySite'],
    reason: ['reasonCode', 'reasonReference.display'],
    notes: ['outcome', 'note.text', 'complication', 'followUp'],
    standing: EVENT,
  },
  Encounter: {
    what: ['type', 'serviceType'],
    from: ['period.start'],
    reason: ['reasonCode', 'reasonReference.display', 'diagnosis.condition.display'],
    standing: EVENT,
  },
  Appointment: {
    what: ['serviceType', 'serviceCategory', 'specialty', 'appointmentType', 'description'],
    from: ['start'],
    reason: ['reasonCode'],
    notes: ['comment'],
    standing: APPOINTMENT,
  },
  CarePlan: {
    what: ['detail.code', 'detail.description'],
    from: [
      'detail.scheduledPeriod.start',
      'detail.scheduledTiming.event',
      'detail.scheduledTiming.repeat.boundsPeriod.start',
    ],
    reason: ['detail.reasonCode'],
    notes: ['progress.text'],
    standing: (activity) => ACTIVITY(member(activity, 'detail') as Json),
    lines: 'activity',
  },
  ServiceRequest: {
    what: ['code'],
    from: ['occurrenceDateTime', 'occurrencePeriod.start', 'authoredOn'],
    recorded: ['authoredOn'],
    site: ['bodySite'],
    reason: ['reasonCode', 'reasonReference.display'],
    notes: ['note.text', 'orderDetail', 'patientInstruction'],
    standing: orderStanding,
  },
  MedicationRequest: {
    what: ['medicationCodeableConcept'],
    from: ['authoredOn'],
    site: ['dosageInstruction.site'],
    reason: ['reasonCode', 'reasonReference.display'],
    notes: ['dosageInstruction.text', 'dosageInstruction.route', 'note.text'],
    standing: orderStanding,
  },
  MedicationStatement: {
    what: ['medicationCodeableConcept'],
    from: ['effectiveDateTime', 'effectivePeriod.start', 'dateAsserted'],
    recorded: ['dateAsserted'],
    site: ['dosage.site'],
    reason: ['reasonCode'],
    notes: ['dosage.text', 'dosage.route', 'note.text'],
    standing: EVENT,
  },
  MedicationAdministration: {
    // How it was given is part of what was done.
    what: ['medicationCodeableConcept', 'dosage.route', 'dosage.method'],
    from: ['effectiveDateTime', 'effectivePeriod.start'],
    site: ['dosage.site'],
    reason: ['reasonCode', 'reasonReference.display'],
    notes: ['dosage.text', 'note.text'],
    standing: EVENT,
  },
  MedicationDispense: {
    what: ['medicationCodeableConcept'],
    from: ['whenHandedOver', 'whenPrepared'],
    notes: ['dosageInstruction.text', 'dosageInstruction.route', 'note.text'],
    standing: EVENT,
  },
  Observation: {
    what: ['code'],
    from: ['effectiveDateTime', 'effectivePeriod.start', 'effectiveInstant', 'issued'],
    recorded: ['issued'],
    site: ['bodySite'],
    notes: [
      'valueCodeableConcept',
      'valueString',
      'interpretation',
      'note.text',
      'component.code',
      'component.valueCodeableConcept',
      'component.valueString',
    ],
    standing: RESULT,
  },
  DiagnosticReport: {
    what: ['code'],
    from: ['effectiveDateTime', 'effectivePeriod.start', 'issued'],
    recorded: ['issued'],
    notes: ['conclusion', 'conclusionCode'],
    standing: RESULT,
  },
  ExplanationOfBenefit: {
    what: ['productOrService'],
    from: ['servicedDate', 'servicedPeriod.start'],
    site: ['bodySite', 'subSite'],
    standing: CLAIM,
    lines: 'item',
  },
  Claim: {
    what: ['productOrService'],
    from: ['servicedDate', 'servicedPeriod.start'],
    site: ['bodySite', 'subSite'],
    standing: CLAIM,
    lines: 'item',
  },
  Communication: {
    what: ['topic', 'reasonCode', 'category', 'payload.contentString'],
    from: ['sent', 'received'],
    notes: ['note.text'],
    standing: EVENT,
  },
  Goal: {
    what: ['description', 'category'],
    from: ['startDate', 'statusDate'],
    notes: ['note.text'],
    standing: statuses('lifecycleStatus', {
      active: 'active',
      accepted: 'active',
      planned: 'planned',
      proposed: 'planned',
      completed: 'done',
      cancelled: 'void',
      rejected: 'void',
      'entered-in-error': 'void',
      'on-hold': 'planned',
    }),
  },
  Immunization: { what: ['vaccineCode'], from: ['occurrenceDateTime'], site: ['site'], standing: EVENT },
  Coverage: { what: ['type', 'class.type'], from: ['period.start'], standing: REQUEST },
};
