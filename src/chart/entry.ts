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
  /** What was measured: the entry itself, and its components. */
  readonly parts: readonly Part[];
  /** When it happened, began or was measured. */
  readonly from: DaySpan | undefined;
  /** When it was written down. */
  readonly recorded: DaySpan | undefined;
  /** Last known to be so: the latest of recorded, updated and begun. */
  readonly touched: DaySpan | undefined;
  /** True when its answer denies what it asks: "Foot drop: no". */
  readonly denied: boolean;
  /** True when what it is could not be read, as a Medication that is only referred to. */
  readonly unread: boolean;
  /** The resource, or the claim line or activity, for readers of values. */
  readonly body: Json;
}

/** Something with a value of its own. */
export interface Part {
  readonly what: Words;
  readonly body: Json;
}

/** Resource types whose entries readers can read. */
export const READABLE_TYPES: readonly string[] = Object.keys(SHAPES);

/** What a resource says, as entries; none when its type is not known. `medication` looks up `Medication/<id>` among what came along. */
export function entriesOf(resource: RawResource, medication: LookUp): Entry[] {
  const shape = Object.hasOwn(SHAPES, resource.resourceType) ? SHAPES[resource.resourceType] : undefined;
  if (shape === undefined) return [];
  const reference = `${resource.resourceType}/${string(resource.id) ?? '?'}`;
  if (shape.lines === undefined) return [new LazyEntry(reference, resource, resource, shape, medication)];
  const own = shape.whole === undefined ? [] : [new LazyEntry(reference, resource, resource, shape.whole, medication)];
  const told = own.filter(({ what }) => what.codes.length > 0 || what.texts.length > 0);
  const isClaim = shape.standing === CLAIM;
  const whole = isClaim ? CLAIM(resource) : REQUEST(resource);
  const lines = list(member(resource, shape.lines)).flatMap((line, index) => {
    if (!isObject(line) || (line.detail === undefined && !isClaim)) return [];
    const lineOf = isClaim ? ofClaim(line, resource) : line;
    const standing = whole === 'void' || isClaim ? whole : undefined;
    return [new LazyEntry(`${reference}#${index + 1}`, lineOf, resource, shape, medication, standing)];
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

/** Looks up `Medication/<id>` among what came along. */
type LookUp = (reference: string) => RawResource | undefined;

/** Reads each part of a resource when it is first asked for: of most entries hardly more than what they are. */
class LazyEntry implements Entry {
  readonly reference: string;
  readonly body: Json;
  readonly standing: Standing;
  readonly #resource: RawResource;
  readonly #shape: Shape;
  readonly #lookUp: LookUp;
  #product: Product | undefined;
  #what: Words | undefined;
  #site: Words | undefined;
  #reason: Words | undefined;
  #notes: Words | undefined;
  #place: Words | undefined;
  #parts: readonly Part[] | undefined;
  #denied: boolean | undefined;
  #days: Pick<Entry, 'from' | 'recorded' | 'touched'> | undefined;

  constructor(reference: string, body: Json, resource: RawResource, shape: Shape, lookUp: LookUp, standing?: Standing) {
    this.reference = reference;
    this.body = body;
    this.standing = standing ?? shape.standing(body);
    this.#resource = resource;
    this.#shape = shape;
    this.#lookUp = lookUp;
  }

  get type(): string {
    return this.#resource.resourceType;
  }

  get what(): Words {
    if (this.#what === undefined) {
      const { words } = this.#named;
      const own = this.#words(this.#shape.what);
      this.#what = words === undefined ? own : joinWords(words, own);
    }
    return this.#what;
  }

  get site(): Words {
    this.#site ??= this.#words(this.#shape.site);
    return this.#site;
  }

  get reason(): Words {
    this.#reason ??= this.#words(this.#shape.reason);
    return this.#reason;
  }

  get notes(): Words {
    this.#notes ??= this.#words(this.#shape.notes);
    return this.#notes;
  }

  get place(): Words {
    this.#place ??= joinWords(this.what, this.site, this.reason);
    return this.#place;
  }

  get parts(): readonly Part[] {
    this.#parts ??= [
      { what: this.what, body: this.body },
      ...list(this.body.component).map((body) => ({ what: wordsOf(at(body, 'code')), body: body as Json })),
    ];
    return this.#parts;
  }

  get from(): DaySpan | undefined {
    return this.#dates.from;
  }

  get recorded(): DaySpan | undefined {
    return this.#dates.recorded;
  }

  get touched(): DaySpan | undefined {
    return this.#dates.touched;
  }

  get denied(): boolean {
    this.#denied ??= isDenied(this.body);
    return this.#denied;
  }

  get unread(): boolean {
    return this.#named.unread;
  }

  get #named(): Product {
    this.#product ??= readMedication(this.#resource, this.#lookUp);
    return this.#product;
  }

  get #dates(): Pick<Entry, 'from' | 'recorded' | 'touched'> {
    if (this.#days === undefined) {
      const period = this.body === this.#resource ? undefined : parseFhirDate(text(this.#resource, 'period.start'));
      const from = this.#date(this.#shape.from) ?? period;
      const recorded = this.#date(this.#shape.recorded);
      const updated = parseFhirDate(text(this.#resource, 'meta.lastUpdated'));
      this.#days = { from, recorded, touched: latest([from, recorded, updated]) };
    }
    return this.#days;
  }

  #words(paths: readonly string[] | undefined): Words {
    if (paths === undefined) return NO_WORDS;
    const [first = '', ...others] = paths;
    if (others.length === 0) return wordsOf(at(this.body, first));
    return wordsOf(paths.flatMap((path) => at(this.body, path)));
  }

  #date(paths: readonly string[] = []): DaySpan | undefined {
    for (const path of paths) {
      for (const date of at(this.body, path)) {
        const span = parseFhirDate(date);
        if (span !== undefined) return span;
      }
    }
    return undefined;
  }
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

interface Product {
  readonly words?: Words;
  readonly unread: boolean;
}

const NO_PRODUCT: Product = { unread: false };

/** Medication by CodeableConcept is an ordinary path; by reference it stands in `contained`, came along, or could not be read. */
function readMedication(resource: RawResource, lookUp: LookUp): Product {
  const pointer = member(resource, 'medicationReference');
  if (pointer === undefined || member(resource, 'medicationCodeableConcept') !== undefined) return NO_PRODUCT;
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
