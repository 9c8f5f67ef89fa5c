/** What the workbench's page is told. Types only: the page shares them. */

export type Truth = 'holds' | 'fails' | 'unknown';

/** Where in the chart something was seen. */
export interface Seen {
  readonly reference: string;
  readonly date?: string;
}

/** One condition of a card, as it came out. */
export interface Reason {
  /** In words; inline Markdown. */
  readonly says: string;
  readonly truth: Truth;
  /** Name of the criterion, which the knowledge page spells out. */
  readonly criterion?: string;
  /** What the chart gave: a number, names, nothing, or that it could not be read. */
  readonly found?: string;
  /** It could not be judged and counts as its author decided. */
  readonly byDefault?: true;
  readonly evidence: readonly Seen[];
  readonly parts: readonly Reason[];
}

/** `other-order`: the card is about another kind of order. */
export type CardVerdict = 'fires' | 'silent' | 'fails' | 'unknown' | 'other-order';

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

export type Lane = 'condition' | 'exercise' | 'drug' | 'injection' | 'operation' | 'other';

/** One thing in the chart, on the time axis. Days are `YYYY-MM-DD`. */
export interface TimelineItem {
  readonly reference: string;
  readonly lane: Lane;
  readonly label: string;
  readonly from: string;
  /** For what lasts: its end, or today. */
  readonly to?: string;
}

export type StepName = 'education' | 'exercise' | 'analgesia' | 'infiltration' | 'plasma' | 'surgery';

/** One rung of the ladder for this patient. */
export interface Step {
  readonly name: StepName;
  /** `unknown`: the chart cannot tell. */
  readonly state: 'done' | 'some' | 'none' | 'unknown';
  readonly isOrdered: boolean;
  readonly isNext: boolean;
  readonly evidence: readonly Seen[];
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
  /** Empty when no order is in scope. */
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
  readonly step: StepName | 'imaging';
  readonly what: CodedText;
  /** Where in the body, without a side. */
  readonly site: string;
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
  readonly ladder: readonly LadderOrder[];
  readonly services: readonly { readonly hook: string; readonly id: string }[];
  /** Prefetch key to template. */
  readonly prefetch: Readonly<Record<string, string>>;
  /** Languages of the pack. */
  readonly languages: readonly string[];
}
