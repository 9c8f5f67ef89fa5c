import { type Json, member } from '../logic/json.ts';
import {
  ACTIVITY,
  APPOINTMENT,
  CLAIM,
  clinicalStanding,
  EVENT,
  orderStanding,
  PLAN,
  REQUEST,
  RESULT,
  type Standing,
  statuses,
} from './standing.ts';

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
  /** What the resource says as a whole, beside its lines. */
  readonly whole?: Shape;
}

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
    whole: {
      what: ['title', 'category', 'addresses.display'],
      from: ['period.start', 'created'],
      notes: ['description', 'note.text'],
      standing: PLAN,
    },
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
    from: ['servicedDate', 'servicedPeriod.start', 'billed'],
    site: ['bodySite', 'subSite'],
    reason: ['diagnosis.diagnosisCodeableConcept', 'diagnosis.diagnosisReference.display'],
    standing: CLAIM,
    lines: 'item',
  },
  Claim: {
    what: ['productOrService'],
    from: ['servicedDate', 'servicedPeriod.start', 'billed'],
    site: ['bodySite', 'subSite'],
    reason: ['diagnosis.diagnosisCodeableConcept', 'diagnosis.diagnosisReference.display'],
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
