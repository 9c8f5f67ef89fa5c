import type { CardRecord, Disposition, KeptDecision, KeptFeedback, Period } from '../store/store.ts';
import { newTally, noteName, noteTime, OTHER, type Tally } from './counts.ts';
import type { ReviewItem } from './report.ts';

/** Showings and calls remembered at a time, about 50 MB at most. Beyond that the oldest are settled as they are. */
const MOST_OPEN = 100_000;
const MOST_REVIEWED = 200;
/** Suggestions of one answer that are looked up; no card has so many. */
const MOST_SUGGESTIONS = 20;

/** What counting needs beside the rows. */
export interface TallyContext {
  readonly period: Period;
  /** Monday of the week of a moment, `YYYY-MM-DD`. */
  readonly weekOf: (time: Date) => string;
  /** Name of a suggestion of a card that was shown; undefined when the card never had it. */
  readonly suggestionOf: (card: string, uuid: string, suggestion: string) => string | undefined;
  /** Reasons that say the chart lacks something. */
  readonly chartLacks: readonly string[];
  readonly mostOpen?: number;
}

/** Cell of card, version, client and week. */
export interface TallyCell {
  readonly card: string;
  readonly version: string;
  readonly client: string;
  readonly week: string;
  readonly tally: Tally;
}

/** Everything counted. */
export interface Tallied {
  readonly cells: readonly TallyCell[];
  readonly funnel: { inScope: number; fired: number; shown: number; accepted: number; failed: number };
  readonly inScopeOf: ReadonlyMap<string, number>;
  readonly review: { total: number; readonly items: readonly ReviewItem[] };
  readonly feedback: { onUnknownCards: number; onEarlierCards: number; tooLate: number };
}

/** Counts rows one at a time. */
export interface Counter {
  readonly addDecision: (decision: KeptDecision) => void;
  /** After the decision that showed its card. */
  readonly addFeedback: (feedback: KeptFeedback) => void;
  /** Settles what is open. The last call. */
  readonly finish: () => Tallied;
}

/** A call, by how far it came: repeated, it counts once, with the best of its answers. */
interface Call {
  failed: boolean;
  fired: boolean;
  shown: boolean;
  accepted: boolean;
  readonly judged: Map<string, Judged>;
}

/** One judgement of a call; `as` is absent unless the card fired. */
interface Judged {
  readonly cell: TallyCell;
  as?: Disposition;
}

/** A card that a client got, until it is settled. */
interface Showing {
  readonly call: Call;
  readonly cell: TallyCell;
  readonly shown: number;
  readonly uuid: string;
  readonly hook: string;
  readonly hookInstance: string;
  firstAnswer: number | undefined;
  last: Answer | undefined;
}

/** What is needed of the last answer. */
interface Answer {
  /** By the client's clock. */
  readonly said: number;
  readonly answered: number;
  readonly received: number;
  readonly outcome: KeptFeedback['outcome'];
  /** Names of accepted suggestions. */
  readonly suggestions: readonly string[];
  /** `''` when none was given. */
  readonly reason: string;
}

/**
 * Counts decisions and the feedback on them. Its memory grows with the number of cells; of showings and calls it knows the latest
 * 100,000, so rows must come in order of time, feedback after the decision that it is about.
 */
export function newCounter({ period, weekOf, suggestionOf, chartLacks, mostOpen = MOST_OPEN }: TallyContext): Counter {
  const cells = new Map<string, TallyCell>();
  const calls = new Map<string, Call>();
  const showings = new Map<string, Showing>();
  const inScopeOf = new Map<string, number>();
  const funnel = { inScope: 0, fired: 0, shown: 0, accepted: 0, failed: 0 };
  const review: ReviewItem[] = [];
  let reviewed = 0;
  const feedback = { onUnknownCards: 0, onEarlierCards: 0, tooLate: 0 };

  const cellOf = (card: string, version: string, client: string, week: string): TallyCell => {
    const key = JSON.stringify([card, version, client, week]);
    const cell = cells.get(key) ?? { card, version, client, week, tally: newTally() };
    cells.set(key, cell);
    return cell;
  };

  const callOf = (decision: KeptDecision): Call => {
    const { client, tenant, service, hookInstance, patientHmac } = decision;
    const key = JSON.stringify([client, tenant, service, hookInstance, patientHmac]);
    const known = calls.get(key);
    if (known !== undefined) return known;
    const call: Call = { failed: false, fired: false, shown: false, accepted: false, judged: new Map() };
    calls.set(key, call);
    dropOldest(calls, mostOpen);
    funnel.inScope += 1;
    inScopeOf.set(client, (inScopeOf.get(client) ?? 0) + 1);
    return call;
  };

  /** Whether it is a showing of its own, and not one that was sent again. */
  const show = (decision: KeptDecision, call: Call, uuid: string, cell: TallyCell): boolean => {
    const { client, tenant, hook, hookInstance, time } = decision;
    if (!call.shown) funnel.shown += 1;
    call.shown = true;
    const key = JSON.stringify([client, tenant, uuid]);
    if (showings.has(key)) return false;
    cell.tally.shown += 1;
    const shown = time.getTime();
    showings.set(key, { call, cell, shown, uuid, hook, hookInstance, firstAnswer: undefined, last: undefined });
    dropOldest(showings, mostOpen, settle);
    return true;
  };

  const judge = (decision: KeptDecision, call: Call, card: CardRecord, position: number) => {
    const key = `${position} ${card.card} ${card.version}`;
    const known = call.judged.get(key);
    const cell = known?.cell ?? cellOf(card.card, card.version, decision.client, weekOf(decision.time));
    const judged = known ?? { cell };
    if (known === undefined) {
      call.judged.set(key, judged);
      cell.tally.judged += 1;
    }
    if (card.verdict !== 'fires') return;
    if (!call.fired) funnel.fired += 1;
    call.fired = true;
    const wasShown = judged.as === 'shown';
    become(judged, card.disposition ?? 'arbitrated');
    if (card.uuid === undefined || card.disposition !== 'shown') return;
    if (!show(decision, call, card.uuid, cell) || !wasShown) return;
    cell.tally.judged += 1; // the call came again with another order
    cell.tally.fired += 1;
  };

  const answerOf = (item: KeptFeedback, { cell, uuid }: Showing): Answer => ({
    said: item.said.getTime(),
    answered: item.answered.getTime(),
    received: item.received.getTime(),
    outcome: item.outcome,
    suggestions: item.accepted.slice(0, MOST_SUGGESTIONS).map((id) => suggestionOf(cell.card, uuid, id) ?? OTHER),
    reason: item.reason?.code ?? '',
  });

  const settle = ({ call, cell, shown, hook, hookInstance, firstAnswer, last }: Showing) => {
    const { tally } = cell;
    if (last === undefined) {
      tally.ignored += 1;
      return;
    }
    tally[last.outcome] += 1;
    if (firstAnswer !== undefined) noteTime(tally.times, firstAnswer - shown);
    if (last.outcome === 'accepted') {
      if (!call.accepted) funnel.accepted += 1;
      call.accepted = true;
      for (const name of new Set(last.suggestions)) noteName(tally.suggestions, name);
      return;
    }
    const { reason } = last;
    noteName(tally.reasons, reason);
    if (!chartLacks.includes(reason)) return;
    reviewed += 1;
    const { card, version, client } = cell;
    review.push({ shown: new Date(shown).toISOString(), card, version, client, hook, hookInstance, reason });
    if (review.length > MOST_REVIEWED) review.shift();
  };

  return {
    addDecision: (decision) => {
      const call = callOf(decision);
      if (decision.failure !== undefined && !call.failed) funnel.failed += 1;
      call.failed ||= decision.failure !== undefined;
      for (const [position, card] of decision.cards.entries()) judge(decision, call, card, position);
    },
    addFeedback: (item) => {
      const showing = showings.get(JSON.stringify([item.client, item.tenant, item.card]));
      if (showing === undefined) {
        if (item.showing === undefined) feedback.onUnknownCards += item.received < period.until ? 1 : 0;
        else if (item.showing.time < period.since) feedback.onEarlierCards += item.received < period.until ? 1 : 0;
        else if (item.showing.time < period.until) feedback.tooLate += 1;
        return;
      }
      showing.cell.tally.reports += 1;
      const answered = item.answered.getTime();
      if (answered < (showing.firstAnswer ?? Number.POSITIVE_INFINITY)) showing.firstAnswer = answered;
      if (showing.last === undefined || isLater(item, showing.last)) showing.last = answerOf(item, showing);
    },
    finish: () => {
      for (const showing of showings.values()) settle(showing);
      showings.clear();
      return {
        cells: [...cells.values()],
        funnel,
        inScopeOf,
        review: { total: reviewed, items: review.toReversed() },
        feedback,
      };
    },
  };
}

/** What a judgement comes to; of a repeated call, that it was shown outdoes the rest. */
function become(judged: Judged, as: Disposition): void {
  const { tally } = judged.cell;
  if (judged.as === undefined) tally.fired += 1;
  else if (judged.as === 'shown' || as !== 'shown') return;
  else tally[judged.as] -= 1;
  judged.as = as;
  if (as !== 'shown') tally[as] += 1;
}

/** The last answer decides; by the clock of the client, then by ours. */
function isLater(item: KeptFeedback, { said, received }: Answer): boolean {
  const difference = item.said.getTime() - said;
  return difference > 0 || (difference === 0 && item.received.getTime() >= received);
}

function dropOldest<T>(map: Map<string, T>, most: number, drop: (value: T) => void = () => {}): void {
  if (map.size <= most) return;
  const [oldest] = map;
  if (oldest === undefined) return;
  map.delete(oldest[0]);
  drop(oldest[1]);
}
