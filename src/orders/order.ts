import type { OrderContext, RawResource } from '../cds-hooks/types.ts';
import { at, isObject, list, member, string } from '../logic/json.ts';
import { joinWords, type Words, wordsOf } from '../terminology/words.ts';

/** One draft order, as far as its class, its reasons and its red flags go. Drafts come in any shape; nothing here throws. */
export interface Order {
  /** `Type/id`; undefined when the client gave it no id, and then nothing can be said about deleting it. */
  readonly reference?: string;
  readonly body: RawResource;
  /** Its place among the drafts. */
  readonly index: number;
  /** What is ordered: code or medication. */
  readonly what: Words;
  /** Each of its codes alone. */
  readonly codes: readonly Words[];
  /** What it says of itself beside its codes: text, displays, details, dosage. */
  readonly own: Words;
  readonly site: Words;
  /** How the client shows its codes, known ones too. */
  readonly displays: Words;
  /** Several of these together. Joined once, so that what they are found to mean is remembered for the call. */
  readonly joint: {
    readonly whatOwn: Words;
    readonly ownSite: Words;
    readonly all: Words;
    /** All without codes. */
    readonly texts: Words;
  };
  /** Each reason apart; referenced ones only when they came along in the order or among the drafts. */
  readonly reasons: readonly Words[];
  /** References of reasons that are still to be looked up in the chart. */
  readonly openReasons: readonly string[];
  readonly notes: Words;
}

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
    return isOpen ? [readOrder(body, index, amongDrafts)] : [];
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

/** The order with reasons added that were found elsewhere. */
export function withReasons(order: Order, found: ReadonlyMap<string, Words>): Order {
  const reasons = order.openReasons.flatMap((reference) => found.get(reference) ?? []);
  if (reasons.length === 0) return order;
  return {
    ...order,
    reasons: [...order.reasons, ...reasons],
    openReasons: order.openReasons.filter((reference) => !found.has(reference)),
  };
}

const told = new WeakMap<Order, Words>();

/** All that an order says of itself, and why it is made. Joined once. */
export function toldBy(order: Order): Words {
  let words = told.get(order);
  if (words === undefined) {
    words = joinWords(order.joint.all, ...order.reasons);
    told.set(order, words);
  }
  return words;
}

function readOrder(body: RawResource, index: number, amongDrafts: Finder): Order {
  const id = string(body.id);
  const inside = finderIn(list(body.contained));
  const find: Finder = (reference) =>
    inside(reference) ?? (reference.startsWith('#') ? undefined : amongDrafts(reference));
  const concept = at(body, body.resourceType === 'ServiceRequest' ? 'code' : 'medicationCodeableConcept');
  const what = wordsOf([...concept, ...productOf(body, find)]);
  const details = ['orderDetail', 'dosageInstruction.text', 'dosageInstruction.route', 'dosageInstruction.method'];
  const own = joinWords({ ...what, codes: [] }, wordsOf(details.flatMap((path) => at(body, path))));
  const site = wordsOf([...at(body, 'bodySite'), ...at(body, 'dosageInstruction.site')]);
  const all = joinWords(what, own, site);
  const resolved = list(body.reasonReference).map((one) => lookUpReason(one, find));
  return {
    ...(id !== undefined && { reference: `${body.resourceType}/${id}` }),
    body,
    index,
    what,
    codes: what.codes.map((code) => ({ codes: [code], texts: [] })),
    own,
    site,
    displays: { codes: [], texts: (what.titles ?? []).map(({ text }) => text) },
    joint: {
      whatOwn: joinWords(what, own),
      ownSite: joinWords(own, site),
      all,
      texts: { codes: [], texts: all.texts, ...(all.prose && { prose: all.prose }) },
    },
    reasons: [
      ...list(body.reasonCode).map((one) => wordsOf([one])),
      ...resolved.filter((one) => typeof one !== 'string'),
    ],
    openReasons: resolved.filter((one) => typeof one === 'string'),
    notes: wordsOf(at(body, 'note.text')),
  };
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
