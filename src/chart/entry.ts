import type { RawResource } from '../cds-hooks/types.ts';
import { type DaySpan, parseFhirDate } from '../clinical/dates.ts';
import { at, isObject, type Json, list, member, string, text } from '../logic/json.ts';
import { denies } from '../terminology/language.ts';
import { joinWords, NO_WORDS, type Words, wordsOf } from '../terminology/words.ts';
import { SHAPES, type Shape } from './shapes.ts';
import { CLAIM, REQUEST, type Standing } from './standing.ts';

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

/** Resource types whose entries readers can read. */
export const READABLE_TYPES: readonly string[] = Object.keys(SHAPES);

/** What a resource says, as entries; none when its type is not known. `medication` looks up `Medication/<id>` among what came along. */
export function entriesOf(resource: RawResource, medication: (reference: string) => RawResource | undefined): Entry[] {
  const shape = Object.hasOwn(SHAPES, resource.resourceType) ? SHAPES[resource.resourceType] : undefined;
  if (shape === undefined) return [];
  const reference = `${resource.resourceType}/${string(resource.id) ?? '?'}`;
  if (shape.lines === undefined) return [entryOf(reference, resource, resource, shape, medication)];
  const own = shape.whole === undefined ? [] : [entryOf(reference, resource, resource, shape.whole, medication)];
  const told = own.filter(({ what }) => what.codes.length > 0 || what.texts.length > 0);
  const isClaim = shape.standing === CLAIM;
  const whole = isClaim ? CLAIM(resource) : REQUEST(resource);
  const lines = list(member(resource, shape.lines)).flatMap((line, index) => {
    if (!isObject(line) || (line.detail === undefined && !isClaim)) return [];
    const lineOf = isClaim ? ofClaim(line, resource) : line;
    const entry = entryOf(`${reference}#${index + 1}`, lineOf, resource, shape, medication);
    if (whole === 'void') return [{ ...entry, standing: 'void' as const }];
    return [isClaim ? { ...entry, standing: whole } : entry];
  });
  return [...told, ...lines];
}

/** A line of a claim with what the claim says for it: the diagnoses it points to (all, where it points to none), and the day of a claim for one day. */
function ofClaim(line: Json, claim: RawResource): Json {
  const sequences = list(line.diagnosisSequence);
  const diagnosis = list(claim.diagnosis).filter(
    (one) => sequences.length === 0 || sequences.includes(member(one, 'sequence')),
  );
  const [start, end] = [text(claim, 'billablePeriod.start'), text(claim, 'billablePeriod.end')];
  const [first, last] = [parseFhirDate(start), parseFhirDate(end)];
  const isOneDay = first !== undefined && first.min === last?.min && first.max === last.max;
  return { ...line, diagnosis, ...(isOneDay && { billed: start }) };
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
