import type { OrderContext } from '../cds-hooks/types.ts';
import type { Chart } from '../chart/chart.ts';
import type { Setting } from '../facts/reader.ts';
import type { Reading } from '../facts/reading.ts';
import { SliceIndex } from '../facts/slice-index.ts';
import type { CardDefinition, Outcome, ServiceDefinition, SuggestionDefinition } from '../knowledge/types.ts';
import type { Order } from '../orders/order.ts';
import type { ScopedOrder } from '../orders/scope.ts';
import type { Terminology } from '../terminology/terminology.ts';
import { evaluate, type Read, type Trace, truthOf } from './evaluate.ts';

/** What a card came to for one order. `fires`: it has something to say, which arbitration and silent mode may still keep back. */
export type Verdict = 'fires' | 'silent' | 'fails' | 'unknown';

export interface Judgement {
  readonly card: CardDefinition;
  readonly scoped: ScopedOrder;
  readonly verdict: Verdict;
  readonly when: Trace;
  readonly silence: readonly Trace[];
  /** The first silence criterion that holds. */
  readonly silencedBy?: string;
  readonly caps: readonly Trace[];
  /** Conditions of the outcomes that were tried, in order. */
  readonly tried: readonly Trace[];
  readonly outcome?: Outcome;
  readonly indicator?: 'info' | 'warning';
  readonly read: Read;
}

/** Everything that was judged in one call. */
export interface Decision {
  readonly judgements: readonly Judgement[];
  /** The silence criterion, and the order it holds for, that silences the whole call. */
  readonly silencedBy?: { readonly criterion: string; readonly scoped: ScopedOrder };
  /** The one card to show. */
  readonly shown?: Judgement;
}

export interface Case {
  readonly service: ServiceDefinition;
  readonly scoped: readonly ScopedOrder[];
  readonly drafts: readonly Order[];
  readonly context: OrderContext;
  readonly chart: Chart;
  readonly today: number;
  readonly terminology: Terminology;
}

/** Judges every card of the service for every order in scope, and chooses at most one. Pure. */
export function decide(one: Case): Decision {
  const { service, scoped } = one;
  const index = new SliceIndex(one.chart, one.terminology);
  const readers = new Map(scoped.map((order) => [order, factReader(one, order, index)]));
  const shared = scoped.map((order) => {
    const read = readers.get(order) as Read;
    return {
      order,
      silence: service.silence.map((criterion) => evaluate(criterion, read)),
      caps: service.caps.map((criterion) => evaluate(criterion, read)),
    };
  });
  const judgements = shared.flatMap(({ order, silence, caps }) =>
    service.cards
      .filter(({ orderClass }) => orderClass === order.orderClass)
      .map((card) => judge(card, order, silence, caps, readers.get(order) as Read)),
  );
  const silenced = shared.flatMap(({ order, silence }) => {
    const criterion = firstThatHolds(silence);
    return criterion === undefined ? [] : [{ criterion, scoped: order }];
  })[0];
  const shown = silenced === undefined ? arbitrate(judgements) : undefined;
  return { judgements, ...(silenced && { silencedBy: silenced }), ...(shown && { shown }) };
}

/** The most invasive order first, a procedure before a drug for it, a limit before rehabilitation, then the order of the drafts. */
function arbitrate(judgements: readonly Judgement[]): Judgement | undefined {
  return judgements
    .filter(({ verdict, card }) => verdict === 'fires' && card.status === 'active')
    .sort(
      (a, b) =>
        b.scoped.orderClass.rank - a.scoped.orderClass.rank ||
        Number(a.scoped.recognisedBy === 'drug') - Number(b.scoped.recognisedBy === 'drug') ||
        a.scoped.order.index - b.scoped.order.index ||
        a.card.precedence - b.card.precedence ||
        (a.card.id < b.card.id ? -1 : 1),
    )[0];
}

/** What a card comes to for one order, beside the silence criteria and caps that it shares with the other cards of its service. */
export function judge(
  card: CardDefinition,
  scoped: ScopedOrder,
  shared: readonly Trace[],
  sharedCaps: readonly Trace[],
  read: Read,
): Judgement {
  const when = evaluate(card.when, read);
  const silence = [...shared, ...card.silence.map((criterion) => evaluate(criterion, read))];
  const caps = [...sharedCaps, ...card.caps.map((criterion) => evaluate(criterion, read))];
  const silencedBy = firstThatHolds(silence);
  const base = { card, scoped, when, silence, caps, read, ...(silencedBy !== undefined && { silencedBy }) };
  if (when.truth !== 'holds') return { ...base, tried: [], verdict: when.truth };
  if (silencedBy !== undefined) return { ...base, tried: [], verdict: 'silent' };
  const tried: Trace[] = [];
  for (const outcome of card.outcomes) {
    const trace = outcome.when === undefined ? undefined : evaluate(outcome.when, read);
    if (trace !== undefined) tried.push(trace);
    if (trace !== undefined && trace.truth !== 'holds') continue;
    const indicator = firstThatHolds(caps) === undefined ? outcome.indicator : 'info';
    return { ...base, tried, verdict: 'fires', outcome, indicator };
  }
  return { ...base, tried, verdict: 'unknown' };
}

/** Whether a card that fires makes a suggestion. */
export const isOffered = ({ when }: SuggestionDefinition, read: Read): boolean =>
  when === undefined || truthOf(when, read) === 'holds';

const firstThatHolds = (traces: readonly Trace[]): string | undefined => {
  const trace = traces.find(({ truth }) => truth === 'holds');
  return trace?.kind === 'criterion' ? trace.criterion.name : undefined;
};

/** Facts on demand, each read once for an order. */
export function factReader(
  { chart, context, drafts, today, terminology }: Omit<Case, 'service' | 'scoped'>,
  scoped: ScopedOrder,
  index = new SliceIndex(chart, terminology),
): Read {
  const readings = new Map<string, Reading>();
  const setting: Setting = {
    chart,
    index,
    scoped,
    drafts,
    context,
    today,
    terminology,
    read: (key) => readings.get(key) ?? NOTHING,
  };
  const read: Read = (fact) => {
    const before = readings.get(fact.key);
    if (before !== undefined) return before;
    for (const other of fact.needs) read(other);
    const reading = fact.reader.read(fact.args, setting);
    readings.set(fact.key, reading);
    return reading;
  };
  return read;
}

const NOTHING: Reading = { count: { min: 0, max: Number.POSITIVE_INFINITY }, measures: {}, evidence: [], unread: [] };
