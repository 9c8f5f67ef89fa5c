import type { RawResource } from '../cds-hooks/types.ts';
import { type DaySpan, parseFhirDate } from '../clinical/dates.ts';
import { at, code, type Json, list, member, string, text } from '../logic/json.ts';
import { denies } from '../terminology/language.ts';
import { joinWords, NO_WORDS, type Words, wordsOf } from '../terminology/words.ts';

/**
 * How things stand with an entry, whatever its type calls it: `done` happened; `active` is so now; `planned` is not yet; `over` was so;
 * `unconfirmed` is a diagnosis not confirmed; `void` was never so (refuted, cancelled, entered in error); `unstated` has no status.
 */
export type Standing = 'done' | 'active' | 'planned' | 'over' | 'unconfirmed' | 'unstated' | 'void';

/** One thing a chart says, read the same way for every resource type. */
export interface Entry {
  /** `Type/id`, with a `#n` for the n-th line of a claim or activity of a care plan. */
  readonly reference: string;
  readonly type: string;
  readonly standing: Standing;
  readonly what: Words;
  readonly site: Words;
  readonly reason: Words;
  /** Answers, conclusions, outcomes and notes. */
  readonly notes: Words;
  /** Everything that may say where in the body it is. */
  readonly place: Words;
  /** When it happened, began or was measured. */
  readonly from?: DaySpan;
  /** When it was written down. */
  readonly recorded?: DaySpan;
  /** Last known to be so: the latest of recorded, updated and begun. */
  readonly touched?: DaySpan;
  /** True when its answer denies what it asks: "Foot drop: no". */
  readonly denied: boolean;
  /** True when what it is could not be read, as a Medication that is only referred to. */
  readonly unread: boolean;
  /** The resource, or the claim line or activity, for readers of values. */
  readonly body: Json;
}

interface Shape {
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
  return status === undefined ? 'unstated' : (map[status] ?? 'unstated');
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

const REQUEST = statuses('status', {
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

const CLAIM = statuses('status', { active: 'done', draft: 'void', cancelled: 'void', 'entered-in-error': 'void' });

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
const SHAPES: Readonly<Record<string, Shape>> = {
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

/** Resource types whose entries readers can read. */
export const READABLE_TYPES: readonly string[] = Object.keys(SHAPES);

/** What a resource says, as entries; none when its type is not known. `medication` looks up `Medication/<id>` among what came along. */
export function entriesOf(resource: RawResource, medication: (reference: string) => RawResource | undefined): Entry[] {
  const shape = SHAPES[resource.resourceType];
  if (shape === undefined) return [];
  const reference = `${resource.resourceType}/${string(resource.id) ?? '?'}`;
  if (shape.lines === undefined) return [entryOf(reference, resource, resource, shape, medication)];
  const whole = shape.standing === CLAIM ? CLAIM(resource) : REQUEST(resource);
  return list(member(resource, shape.lines)).flatMap((line, index) => {
    if (member(line, 'detail') === undefined && shape.standing !== CLAIM) return [];
    const entry = entryOf(`${reference}#${index + 1}`, line as Json, resource, shape, medication);
    if (whole === 'void') return [{ ...entry, standing: 'void' as const }];
    return [shape.standing === CLAIM ? { ...entry, standing: whole } : entry];
  });
}

function entryOf(
  reference: string,
  body: Json,
  resource: RawResource,
  shape: Shape,
  medication: (reference: string) => RawResource | undefined,
): Entry {
  const words = (paths: readonly string[] | undefined): Words =>
    paths === undefined ? NO_WORDS : wordsOf(paths.flatMap((path) => at(body, path)));
  const date = (paths: readonly string[] | undefined): DaySpan | undefined =>
    paths
      ?.flatMap((path) => at(body, path))
      .map(parseFhirDate)
      .find((span) => span !== undefined);
  const product = readMedication(resource, medication);
  const from = date(shape.from) ?? (body === resource ? undefined : parseFhirDate(text(resource, 'period.start')));
  const recorded = date(shape.recorded);
  const touched = latest([from, recorded, parseFhirDate(text(resource, 'meta.lastUpdated'))]);
  const what = product.words === undefined ? words(shape.what) : joinWords(product.words, words(shape.what));
  const [site, reason] = [words(shape.site), words(shape.reason)];
  return {
    reference,
    type: resource.resourceType,
    standing: shape.standing(body),
    what,
    site,
    reason,
    place: joinWords(what, site, reason),
    notes: words(shape.notes),
    ...(from && { from }),
    ...(recorded && { recorded }),
    ...(touched && { touched }),
    denied: isDenied(body),
    unread: product.unread,
    body,
  };
}

/** SNOMED CT and LOINC answers for no, negative, absent, not detected. */
const DENYING_CODES = new Set(['373067005', '260385009', '2667000', '260415000', 'LA32-8']);

function isDenied(body: Json): boolean {
  if (body.valueBoolean === false) return true;
  const answer = wordsOf([...at(body, 'valueCodeableConcept'), ...at(body, 'valueString')]);
  return (
    answer.texts.some(denies) || answer.codes.some((code) => DENYING_CODES.has(code.slice(code.lastIndexOf('|') + 1)))
  );
}

function latest(spans: readonly (DaySpan | undefined)[]): DaySpan | undefined {
  return spans.reduce((a, b) => (a === undefined || (b !== undefined && b.max > a.max) ? b : a), undefined);
}

/** Medication by CodeableConcept is an ordinary path; by reference it stands in `contained`, came along, or could not be read. */
function readMedication(
  resource: RawResource,
  lookUp: (reference: string) => RawResource | undefined,
): { readonly words?: Words; readonly unread: boolean } {
  const pointer = member(resource, 'medicationReference');
  if (pointer === undefined || member(resource, 'medicationCodeableConcept') !== undefined) return { unread: false };
  const reference = string(member(pointer, 'reference'));
  const display = string(member(pointer, 'display'));
  const product = reference?.startsWith('#')
    ? list(resource.contained).find((one) => member(one, 'id') === reference.slice(1))
    : reference && lookUp(reference);
  const words = wordsOf([
    ...at(product, 'code'),
    ...at(product, 'ingredient.itemCodeableConcept'),
    ...(display ? [display] : []),
  ]);
  return { words, unread: words.codes.length === 0 && words.texts.length === 0 };
}
