/** What the workbench's page is told. Types only: the page shares them. */

export type Truth = 'holds' | 'fails' | 'unknown';

/** Where in the chart something was seen. */
export interface Seen {
  readonly reference: string;
  readonly date?: string;
}

/** What the chart gave for a test: names, a number, nothing (`names` is empty), or that it cannot be told. Without any of these, what was seen says it. */
export interface Found {
  readonly names?: readonly string[];
  /** There may be others. */
  readonly isOpen?: boolean;
  readonly isUnavailable?: boolean;
  readonly isNever?: boolean;
  readonly least?: number;
  readonly most?: number;
  /** Of the number, in words; a score has none. */
  readonly unit?: string;
  /** Labels of slices that were not read to their end. */
  readonly unread: readonly string[];
}

/** One condition of a card, as it came out. */
export interface Reason {
  /** In words; inline Markdown. Absent for a group without a title, which is its parts. */
  readonly says?: string;
  /** What is looked at, where `says` is the title of nothing but this one test. */
  readonly test?: string;
  /** How several parts make up the whole. */
  readonly group?: 'all' | 'any' | 'none';
  /** Id of the outcome that it is the condition of. */
  readonly outcome?: string;
  readonly truth: Truth;
  /** Name of the criterion, which the knowledge page spells out. */
  readonly criterion?: string;
  readonly found?: Found;
  /** It could not be judged and counts as its author decided. */
  readonly byDefault?: true;
  readonly evidence: readonly Seen[];
  readonly parts: readonly Reason[];
}

/** `other-order`: the card is about another kind of order. */
export type CardVerdict = 'fires' | 'silent' | 'fails' | 'unknown' | 'other-order';

/**
 * Why a card that fires is not shown: a draft, the call is silent for another order, another card goes first, the same was answered not
 * long ago, or the caller is shown nothing yet.
 */
export type Unshown = 'draft' | 'silent-call' | 'other-first' | 'quiet' | 'silent';

/** Why a card fires for an order, or not. */
export interface CardReason {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly status: 'active' | 'draft' | 'retired';
  /** What kind of order it is about. */
  readonly about: string;
  readonly verdict: CardVerdict;
  readonly isShown: boolean;
  readonly unshown?: Unshown;
  readonly silencedBy?: string;
  readonly outcome?: string;
  readonly indicator?: 'info' | 'warning';
  /** Where in the chart its lines speak of, for a card that fires. */
  readonly evidence: readonly Seen[];
  readonly when: readonly Reason[];
  readonly silence: readonly Reason[];
  readonly caps: readonly Reason[];
  readonly outcomes: readonly Reason[];
}

export interface OrderReason {
  readonly order: string;
  /** Title of the kind of order. */
  readonly isA: string;
  readonly recognisedBy: 'code' | 'text' | 'drug';
  readonly regionFrom: string;
}

export interface SliceReason {
  readonly name: string;
  readonly label: string;
  readonly state: 'complete' | 'partial' | 'unavailable';
  readonly count: number;
}

/** `treatment`: it stands on a rung of the ladder. */
export type Lane = 'condition' | 'treatment' | 'drug' | 'other';

/** One thing in the chart, on the time axis. Days are `YYYY-MM-DD`. */
export interface TimelineItem {
  readonly reference: string;
  readonly lane: Lane;
  /** Name of the rung that a treatment stands on. */
  readonly rung?: string;
  readonly label: string;
  readonly from: string;
  /** For what lasts: its end, or today. */
  readonly to?: string;
}

/**
 * How far a rung has been climbed. Of care: `done` as the cards ask, or `some`; what counts for no card any more is `past`, what never did
 * is `apart`. Of anything else: `had`. `unknown`: the chart cannot tell.
 */
export type Standing = 'done' | 'some' | 'past' | 'apart' | 'had' | 'none' | 'unknown';

/** One rung of the ladder for this patient. */
export interface Step {
  readonly name: string;
  readonly title: string;
  readonly state: Standing;
  readonly isOrdered: boolean;
  readonly isNext: boolean;
  /** Days on which something of it stands in the chart, each once, oldest first. */
  readonly days: readonly string[];
}

/** One call, explained. */
export interface Explanation {
  readonly today: string;
  readonly service: string;
  readonly knowledge: string;
  readonly orders: readonly OrderReason[];
  readonly slices: readonly SliceReason[];
  /** Title of the criterion that silences the whole call. */
  readonly silencedBy?: string;
  /** A card was decided on and kept back. */
  readonly withheld?: 'quiet' | 'silent';
  readonly cards: readonly CardReason[];
  readonly timeline: readonly TimelineItem[];
  /** Empty when no order is in scope, it stands on no rung, or the pack has no ladder. */
  readonly pathway: readonly Step[];
}

export interface CodedText {
  readonly text: string;
  readonly code?: string;
  readonly system?: string;
}

/** An order as the page's form has it. */
export interface OrderChoice {
  readonly what: CodedText;
  readonly site: string;
  readonly reason: CodedText;
  readonly priority: 'routine' | 'urgent' | 'asap' | 'stat';
}

/** A kind of order that can be chosen. */
export interface LadderOrder {
  readonly name: string;
  readonly title: string;
  readonly what: CodedText;
  /** Where in the body, without a side. */
  readonly site: string;
}

/** A rung of the ladder; the one without a name is for orders that stand on none. */
export interface RungChoice {
  readonly name?: string;
  readonly title?: string;
  readonly orders: readonly LadderOrder[];
}

export interface PatientLine {
  readonly id: string;
  readonly name: string;
  readonly gender: string;
  readonly birthDate: string;
  readonly story: string;
  /** The order its story is about. */
  readonly order?: OrderChoice;
}

/** What the page starts from. */
export interface Setup {
  readonly today: string;
  readonly patients: readonly PatientLine[];
  readonly ladder: readonly RungChoice[];
  readonly services: readonly { readonly hook: string; readonly id: string }[];
  /** Prefetch key to template. */
  readonly prefetch: Readonly<Record<string, string>>;
  /** Languages of the pack. */
  readonly languages: readonly string[];
}
