import type { OrderContext, RawResource } from '../cds-hooks/types.ts';
import { at, isObject, list, member, string } from '../logic/json.ts';
import { joinWords, type Words, wordsOf } from '../terminology/words.ts';

/**
 * One draft order, as far as its class, its reasons and its red flags go. Drafts come in any shape; nothing here throws. Each part is read when
 * it is first asked for, and joined once, so that what it is found to mean is remembered for the call.
 */
export class Order {
  /** `Type/id`; undefined when the client gave it no id, and then nothing can be said about deleting it. */
  readonly reference: string | undefined;
  readonly body: RawResource;
  /** Its place among the drafts. */
  readonly index: number;
  readonly #amongDrafts: Finder;
  readonly #found: ReadonlyMap<string, Words>;
  #finder: Finder | undefined;
  #what: Words | undefined;
  #codes: readonly Words[] | undefined;
  #own: Words | undefined;
  #site: Words | undefined;
  #displays: Words | undefined;
  #whatOwn: Words | undefined;
  #ownSite: Words | undefined;
  #all: Words | undefined;
  #texts: Words | undefined;
  #told: Words | undefined;
  #resolved: readonly (Words | string)[] | undefined;
  #reasons: readonly Words[] | undefined;
  #openReasons: readonly string[] | undefined;
  #notes: Words | undefined;

  /**
   * @param amongDrafts looks for what came along beside the draft
   * @param found reasons that were looked up in the chart, by reference
   */
  constructor(body: RawResource, index: number, amongDrafts: Finder, found: ReadonlyMap<string, Words> = NONE) {
    const id = string(body.id);
    this.reference = id === undefined ? undefined : `${body.resourceType}/${id}`;
    this.body = body;
    this.index = index;
    this.#amongDrafts = amongDrafts;
    this.#found = found;
  }

  /** What is ordered: code or medication. */
  get what(): Words {
    if (this.#what === undefined) {
      const { body } = this;
      const concept = at(body, body.resourceType === 'ServiceRequest' ? 'code' : 'medicationCodeableConcept');
      const product = body.medicationReference === undefined ? [] : productOf(body, this.#find);
      this.#what = wordsOf(product.length === 0 ? concept : [...concept, ...product]);
    }
    return this.#what;
  }

  /** Each of its codes alone. */
  get codes(): readonly Words[] {
    this.#codes ??= this.what.codes.map((code) => ({ codes: [code], texts: [] }));
    return this.#codes;
  }

  /** What it says of itself beside its codes: text, displays, details, dosage. */
  get own(): Words {
    this.#own ??= joinWords({ ...this.what, codes: [] }, wordsOf(DETAILS.flatMap((path) => at(this.body, path))));
    return this.#own;
  }

  get site(): Words {
    this.#site ??= wordsOf([...at(this.body, 'bodySite'), ...at(this.body, 'dosageInstruction.site')]);
    return this.#site;
  }

  /** How the client shows its codes, known ones too. */
  get displays(): Words {
    this.#displays ??= { codes: [], texts: (this.what.titles ?? []).map(({ text }) => text) };
    return this.#displays;
  }

  get whatOwn(): Words {
    this.#whatOwn ??= joinWords(this.what, this.own);
    return this.#whatOwn;
  }

  get ownSite(): Words {
    this.#ownSite ??= joinWords(this.own, this.site);
    return this.#ownSite;
  }

  /** What it is, says and is for. */
  get all(): Words {
    this.#all ??= joinWords(this.what, this.own, this.site);
    return this.#all;
  }

  /** All without codes. */
  get texts(): Words {
    if (this.#texts === undefined) {
      const { texts, prose } = this.all;
      this.#texts = { codes: [], texts, ...(prose && { prose }) };
    }
    return this.#texts;
  }

  /** All, and why it is made. */
  get told(): Words {
    this.#told ??= joinWords(this.all, ...this.reasons);
    return this.#told;
  }

  /** Each reason apart; referenced ones only when they came along in the order or among the drafts, or were looked up since. */
  get reasons(): readonly Words[] {
    this.#reasons ??= [
      ...list(this.body.reasonCode).map((one) => wordsOf([one])),
      ...this.#references.filter((one) => typeof one !== 'string'),
      ...this.#references.flatMap((one) => (typeof one === 'string' ? (this.#found.get(one) ?? []) : [])),
    ];
    return this.#reasons;
  }

  /** References of reasons that are still to be looked up in the chart. */
  get openReasons(): readonly string[] {
    this.#openReasons ??= this.#references.filter(
      (one) => typeof one === 'string' && !this.#found.has(one),
    ) as string[];
    return this.#openReasons;
  }

  get notes(): Words {
    this.#notes ??= wordsOf(at(this.body, 'note.text'));
    return this.#notes;
  }

  /** The order with reasons added that were found elsewhere. */
  with(found: ReadonlyMap<string, Words>): Order {
    return this.openReasons.some((reference) => found.has(reference))
      ? new Order(this.body, this.index, this.#amongDrafts, new Map([...this.#found, ...found]))
      : this;
  }

  get #references(): readonly (Words | string)[] {
    this.#resolved ??= list(this.body.reasonReference).map((one) => lookUpReason(one, this.#find));
    return this.#resolved;
  }

  get #find(): Finder {
    if (this.#finder === undefined) {
      const inside = finderIn(list(this.body.contained));
      this.#finder = (reference) =>
        inside(reference) ?? (reference.startsWith('#') ? undefined : this.#amongDrafts(reference));
    }
    return this.#finder;
  }
}

const NONE: ReadonlyMap<string, Words> = new Map();
const DETAILS = ['orderDetail', 'dosageInstruction.text', 'dosageInstruction.route', 'dosageInstruction.method'];
const CLOSED = new Set(['revoked', 'cancelled', 'completed', 'stopped', 'ended', 'entered-in-error']);
const TYPES = new Set(['ServiceRequest', 'MedicationRequest']);

/** The drafts that ask for something, in the order they came. Other resource types, closed orders and doNotPerform are left out. */
export function readDrafts(context: OrderContext): Order[] {
  const entries = list(context.draftOrders.entry).map((entry) => member(entry, 'resource'));
  const isResource = (one: unknown): one is RawResource => isObject(one) && typeof one.resourceType === 'string';
  const amongDrafts = finderIn(entries);
  return entries.flatMap((body, index) => {
    if (!isResource(body)) return [];
    const isOpen = TYPES.has(body.resourceType) && body.doNotPerform !== true && !CLOSED.has(string(body.status) ?? '');
    return isOpen ? [new Order(body, index, amongDrafts)] : [];
  });
}

/** The drafts a call is about: the selected ones, or all of them where the hook has no selections. */
export function selectedOrders(context: OrderContext, drafts: readonly Order[]): Order[] {
  const { selections } = context;
  if (selections === undefined) return [...drafts];
  const wanted = new Set(selections.flatMap((one) => [one, one.split('/').slice(-2).join('/')]));
  return drafts.filter(
    ({ reference, body }) => reference !== undefined && (wanted.has(reference) || wanted.has(string(body.id) ?? '')),
  );
}

/** The drug that a draft refers to: it stands in the draft, or came along beside it. */
function productOf(body: RawResource, find: Finder): readonly unknown[] {
  const reference = string(member(body.medicationReference, 'reference'));
  const display = string(member(body.medicationReference, 'display'));
  const product = reference === undefined ? undefined : find(reference);
  return [
    ...at(product, 'code'),
    ...at(product, 'ingredient.itemCodeableConcept'),
    ...(display === undefined ? [] : [display]),
  ];
}

function lookUpReason(pointer: unknown, find: Finder): Words | string {
  const reference = string(member(pointer, 'reference')) ?? '';
  const found = reference === '' ? undefined : find(reference);
  if (found !== undefined) return wordsOf([...at(found, 'code'), ...at(found, 'bodySite')]);
  const display = string(member(pointer, 'display'));
  return reference === '' ? wordsOf(display === undefined ? [] : [display]) : relative(reference);
}

/** What a reference names, as far as it came along. */
type Finder = (reference: string) => unknown;

/** Looks among these resources, which are gone through once, and only when something is looked for: there may be thousands, and as many references. */
function finderIn(resources: readonly unknown[]): Finder {
  let known: Map<string, unknown> | undefined;
  return (reference) => {
    known ??= new Map(
      resources.toReversed().flatMap((one) => {
        const [type, id] = [string(member(one, 'resourceType')), member(one, 'id')];
        return typeof id === 'string'
          ? ([
              [`#${id}`, one],
              [`${type}/${id}`, one],
            ] as const)
          : [];
      }),
    );
    return known.get(relative(reference));
  };
}

const relative = (reference: string): string => reference.split('/').slice(-2).join('/');
