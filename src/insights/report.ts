/** What the cards did in a period. Types only: the page and the commands read the same report. Days are `YYYY-MM-DD`. */
export interface Report {
  readonly period: ReportPeriod;
  /** Revision of the knowledge that names come from now. */
  readonly knowledge: string;
  readonly funnel: Funnel;
  readonly total: Counts;
  /** Newest versions first within a card. */
  readonly cards: readonly CardReport[];
  /** Every week of the period, also those in which nothing happened. */
  readonly weeks: readonly WeekReport[];
  readonly clients: readonly ClientReport[];
  /** The finest grain: card, version, client and week. */
  readonly cells: readonly Cell[];
  readonly review: Review;
  readonly feedback: FeedbackReport;
  readonly names: Names;
  readonly limits: Limits;
}

export interface ReportPeriod {
  readonly since: string;
  /** The last day, which counts. */
  readonly until: string;
  readonly timeZone: string;
}

/** Calls by how far they came; a call that was repeated counts once. */
export interface Funnel {
  /** About an order that some card is about. */
  readonly inScope: number;
  /** A card fired. */
  readonly fired: number;
  /** A card was shown. */
  readonly shown: number;
  /** The last answer to a card of it was to accept. */
  readonly accepted: number;
  /** In scope and answered with an error instead of cards. */
  readonly failed: number;
}

/** What became of cards. Judgements up to `arbitrated`; showings after it. */
export interface Counts {
  /** Times a card was judged for an order. */
  readonly judged: number;
  /** Times it fired: shown, or one of the four below. */
  readonly fired: number;
  /** Kept from a client that is shown nothing yet. */
  readonly silent: number;
  /** The card is a draft. */
  readonly draft: number;
  /** Answered lately. */
  readonly quiet: number;
  /** Another card of the call went first. */
  readonly arbitrated: number;
  /** Cards that a client got; one sent twice counts once. */
  readonly shown: number;
  /** Showings by their last answer. */
  readonly accepted: number;
  readonly overridden: number;
  /** Shown and not answered. */
  readonly ignored: number;
  /** Items of feedback, also those that a later answer replaced. */
  readonly reports: number;
  /** Accepted showings by suggestion. */
  readonly suggestions: Readonly<Record<string, number>>;
  /** Overridden showings by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** From showing to first answer, in seconds, within 5 %; absent when nothing was answered. */
  readonly answerTime?: AnswerTime;
}

export interface AnswerTime {
  readonly median: number;
  readonly p90: number;
}

export interface CardReport extends Counts {
  readonly card: string;
  readonly version: string;
  readonly signals: readonly Signal[];
}

export interface WeekReport extends Counts {
  /** Its Monday. */
  readonly week: string;
}

export interface ClientReport extends Counts {
  /** `''` in open mode. */
  readonly client: string;
  /** Calls in scope. */
  readonly inScope: number;
}

export interface Cell extends Counts {
  readonly card: string;
  readonly version: string;
  readonly client: string;
  /** Monday of the week in which it was judged or shown. */
  readonly week: string;
}

/** A reason to look at a card. */
export interface Signal {
  readonly kind: 'low-acceptance' | 'chart-lacks' | 'hand-check';
  /** In a sentence. */
  readonly says: string;
  /** What is too low or too high: a share in percent, or a number of times. */
  readonly value: number;
  /** What it is a share of. */
  readonly of?: number;
  /** The limit that it is held to. */
  readonly limit: number;
}

/** Showings overridden because the chart lacks something, newest first. */
export interface Review {
  readonly total: number;
  readonly items: readonly ReviewItem[];
}

export interface ReviewItem {
  /** ISO time of the showing. */
  readonly shown: string;
  readonly card: string;
  readonly version: string;
  readonly client: string;
  readonly hook: string;
  readonly hookInstance: string;
  readonly reason: string;
}

export interface FeedbackReport {
  /** On cards that this client never got, or that are removed. */
  readonly onUnknownCards: number;
  /** On cards shown before the period. */
  readonly onEarlierCards: number;
  /** On cards of this period, when so many had been shown since that it was no longer counted. */
  readonly tooLate: number;
}

/** What people read instead of ids. */
export interface Names {
  readonly cards: Readonly<Record<string, CardName>>;
  readonly suggestions: Readonly<Record<string, string>>;
  readonly reasons: Readonly<Record<string, string>>;
  /** Reasons that say the chart lacks something. */
  readonly chartLacks: readonly string[];
}

export interface CardName {
  readonly title: string;
  readonly version: string;
  readonly status: 'active' | 'draft' | 'retired';
}

/** From `cards/parameters/`; one that is absent gives no signal. Percentages from 0 to 100. */
export interface Limits {
  readonly leastAcceptance?: number;
  readonly mostChartLacks?: number;
  readonly leastAnswers?: number;
  readonly handCheck?: number;
}
