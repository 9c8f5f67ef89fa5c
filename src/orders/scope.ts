import { SYSTEMS } from '../terminology/systems.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { Words } from '../terminology/words.ts';
import type { Order } from './order.ts';

/** What kinds of order the cards are about, and how such an order is known. One entry of `cards/order-classes.yaml`. */
export interface OrderClass {
  readonly name: string;
  readonly title: string;
  /** More invasive is higher; the most invasive order that has something to say gets the card. */
  readonly rank: number;
  /** "Remove" takes away every selected order of the family. */
  readonly family: string;
  /** Regions of the body this class is about. */
  readonly regions: ReadonlySet<string>;
  /** Regions that count as not named: sciatica as the reason of an injection into the buttock says nothing against it. */
  readonly beside?: ReadonlySet<string>;
  /** Concept whose codes, or words, mean this procedure. */
  readonly procedure: string;
  /** Concept whose codes are used all over the body: such a code needs a region from the order itself. */
  readonly anywhere?: string;
  /** Concepts whose words, in the order's own text or body site, say that it is something else. */
  readonly refuse?: readonly string[];
  /** An injectable drug for one of the regions is this class too, when the order says how it is given. */
  readonly drug?: {
    readonly product: string;
    readonly route: string;
    /** Concept that the drug, its dosage or its site must bear as well: the structure it is meant for. */
    readonly says?: string;
    readonly unless?: readonly string[];
  };
}

/** By which sign the order was recognised: a code of this procedure alone, words, or a drug with route and region. */
export type RecognisedBy = 'code' | 'text' | 'drug';

/** Where the order's region was read. `procedure`: the code itself implies it. `open`: a reason must first be looked up in the chart. */
export type RegionFrom = 'reason' | 'site' | 'procedure' | 'open';

export interface ScopedOrder {
  readonly order: Order;
  readonly orderClass: OrderClass;
  readonly recognisedBy: RecognisedBy;
  readonly regionFrom: RegionFrom;
}

interface Sign {
  readonly by: RecognisedBy;
  /** 3: a code of this procedure alone. 2: a code used all over the body, or not verified. 1: words or a drug. */
  readonly strength: 1 | 2 | 3;
}

/**
 * The class an order belongs to, judged from the order alone; undefined when it is none of our business. `regionFrom: 'open'` means
 * that it may be, depending on a reason that the order only refers to.
 */
export function classify(
  order: Order,
  classes: readonly OrderClass[],
  terminology: Terminology,
): ScopedOrder | undefined {
  const index = indexOf(classes, terminology);
  const byCode = codedClasses(order, index, terminology).flatMap((orderClass) =>
    found(orderClass, codeSign(order, orderClass, terminology)),
  );
  const signs =
    byCode.length > 0
      ? byCode
      : spokenClasses(order, index, terminology).flatMap((orderClass) =>
          found(orderClass, wordSign(order, orderClass, terminology)),
        );
  return signs
    .flatMap(({ orderClass, sign }): (ScopedOrder & { strength: number })[] => {
      const regionFrom = regionOf(order, orderClass, sign, terminology);
      return regionFrom === undefined
        ? []
        : [{ order, orderClass, recognisedBy: sign.by, regionFrom, strength: sign.strength }];
    })
    .sort((a, b) => b.strength - a.strength || openLast(a) - openLast(b) || b.orderClass.rank - a.orderClass.rank)
    .map(({ strength: _, ...scoped }) => scoped)[0];
}

/** Classes by what an order is known by, so that it need not be held against every one. */
interface ClassIndex {
  readonly terminology: Terminology;
  readonly classes: readonly OrderClass[];
  /** Places of the classes that the codes of a concept mean. */
  readonly byProcedure: ReadonlyMap<string, readonly number[]>;
  /** Classes that words or a drug can mean. */
  readonly spoken: readonly OrderClass[];
  /** Their procedures, and the products that are drugs for one. */
  readonly procedures: readonly string[];
  readonly products: readonly string[];
}

/** Made once for each pack. */
const indexes = new WeakMap<readonly OrderClass[], ClassIndex>();

function indexOf(classes: readonly OrderClass[], terminology: Terminology): ClassIndex {
  const known = indexes.get(classes);
  if (known?.terminology === terminology) return known;
  const byProcedure = new Map<string, number[]>();
  for (const [place, { procedure }] of classes.entries()) {
    const places = byProcedure.get(procedure);
    if (places === undefined) byProcedure.set(procedure, [place]);
    else places.push(place);
  }
  const hasWords = (name: string) => terminology.concepts.get(name)?.pattern !== undefined;
  const spoken = classes.filter(({ procedure, drug }) => drug !== undefined || hasWords(procedure));
  const index = {
    ...{ terminology, classes, byProcedure, spoken },
    procedures: spoken.map(({ procedure }) => procedure),
    products: spoken.flatMap(({ drug }) => drug?.product ?? []),
  };
  indexes.set(classes, index);
  return index;
}

/** The classes whose procedure some code of the order may mean, in their own order. */
function codedClasses({ codes }: Order, { classes, byProcedure }: ClassIndex, terminology: Terminology): OrderClass[] {
  const concepts = new Set(codes.flatMap((code) => [...terminology.conceptsOf(code)]));
  const places = [...concepts].flatMap((name) => byProcedure.get(name) ?? []);
  return places.sort((a, b) => a - b).flatMap((place) => classes[place] ?? []);
}

/** The classes that the words of the order, or its drug, may mean; none at once where they mean no procedure and no product of any. */
function spokenClasses(order: Order, index: ClassIndex, terminology: Terminology): readonly OrderClass[] {
  const mayMean =
    order.body.resourceType === 'MedicationRequest'
      ? terminology.bearsAny(order.all, index.products) !== 'fails'
      : terminology.bearsAny(order.texts, index.procedures) === 'holds';
  return mayMean ? index.spoken : [];
}

const openLast = ({ regionFrom }: ScopedOrder): number => (regionFrom === 'open' ? 1 : 0);

const found = (orderClass: OrderClass, sign: Sign | undefined) => (sign === undefined ? [] : [{ orderClass, sign }]);

function codeSign({ codes }: Order, { procedure, anywhere }: OrderClass, terminology: Terminology): Sign | undefined {
  for (const [strength, holds] of [
    [3, (code: Words) => terminology.bears(code, procedure) === 'holds' && !isAnywhere(code, anywhere, terminology)],
    [2, (code: Words) => terminology.bears(code, procedure) !== 'fails'],
  ] as const) {
    if (codes.some(holds)) return { by: 'code', strength };
  }
  return undefined;
}

const isAnywhere = (code: Words, anywhere: string | undefined, terminology: Terminology): boolean =>
  anywhere !== undefined && terminology.bears(code, anywhere) !== 'fails';

/** Classifications of procedures: a code of theirs says what is ordered, and when it is not ours the words beside it cannot overrule it. */
const PROCEDURE_SYSTEMS = [SYSTEMS.cpt, SYSTEMS.hcpcs, SYSTEMS.icd10pcs].map((system) => `${system}|`);

function wordSign(order: Order, orderClass: OrderClass, terminology: Terminology): Sign | undefined {
  const { procedure, anywhere, refuse } = orderClass;
  const { texts } = order;
  if (refuse?.some((name) => terminology.bears(texts, name) === 'holds')) return undefined;
  if (order.body.resourceType === 'MedicationRequest') return drugSign(order, orderClass, terminology);
  const isOfProcedure = ({ codes }: Words) => PROCEDURE_SYSTEMS.some((system) => codes[0]?.startsWith(system));
  const saysElse = order.codes.some((code) => isOfProcedure(code) && !isAnywhere(code, anywhere, terminology));
  return !saysElse && terminology.bears(texts, procedure) === 'holds' ? { by: 'text', strength: 1 } : undefined;
}

function drugSign(order: Order, { drug }: OrderClass, terminology: Terminology): Sign | undefined {
  const given = order.all;
  if (drug === undefined || terminology.bears(given, drug.product) === 'fails') return undefined;
  const needed = drug.says === undefined ? [drug.route] : [drug.route, drug.says];
  if (needed.some((name) => terminology.bears(given, name) !== 'holds')) return undefined;
  return drug.unless?.some((name) => terminology.bears(order.told, name) === 'holds')
    ? undefined
    : { by: 'drug', strength: 1 };
}

/**
 * Whether, and by what, the order is about one of the class's regions. A body site or own text that names another region puts it out;
 * then one reason in the region is enough, and reasons that all point elsewhere put it out.
 */
function regionOf(order: Order, orderClass: OrderClass, sign: Sign, terminology: Terminology): RegionFrom | undefined {
  const isOurs = (region: string) => orderClass.regions.has(region);
  const regionsIn = (words: Words) => namedRegions(words, orderClass, terminology);
  const named = regionsIn(order.ownSite);
  const namesOurs = named.some(isOurs);
  const pointed = order.reasons.map(regionsIn);
  const isPointedHere = pointed.some((reason) => reason.some(isOurs));
  if (named.some((region) => !isOurs(region))) {
    // The text of a lumbar code may say where it hurts, "left foot"; its body site may not.
    const isSiteElsewhere = regionsIn(order.site).some((region) => !isOurs(region));
    if (sign.strength < 3 || !(namesOurs || (isPointedHere && !isSiteElsewhere))) return undefined;
  }
  if (sign.strength === 2 && isShownElsewhere(order, orderClass, terminology)) return undefined;
  if (isPointedHere) return 'reason';
  if (pointed.some((reason) => reason.length > 0)) return undefined;
  if (namesOurs) return 'site';
  if (sign.strength === 3) return 'procedure';
  return order.openReasons.length > 0 ? 'open' : undefined;
}

/**
 * Whether the client's own display of a code that is used all over the body names other regions only: "LG JOINT INJ SHOULDER". One that
 * lists ours as well is a standard title and says nothing.
 */
function isShownElsewhere({ displays }: Order, orderClass: OrderClass, terminology: Terminology): boolean {
  const shown = [...terminology.regions(displays)];
  const { regions, beside } = orderClass;
  return shown.length > 0 && !shown.some((region) => regions.has(region) || beside?.has(region));
}

/** Regions that words name, as far as they mean anything to a class. */
export const namedRegions = (words: Words, { beside }: OrderClass, terminology: Terminology): readonly string[] =>
  [...terminology.regions(words)].filter((region) => !beside?.has(region));
