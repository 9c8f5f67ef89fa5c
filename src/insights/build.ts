import { dayIn, isoDay } from '../clinical/dates.ts';
import type { Knowledge } from '../knowledge/types.ts';
import type { KeptDecision, KeptFeedback, Store } from '../store/store.ts';
import { addTally, countsOf, newTally, sum, type Tally } from './counts.ts';
import { limitsOf, namesOf, type ReasonCodes, reasonCodes, suggestionFinder } from './names.ts';
import { type Days, mondayOf, periodOf, weeksOf } from './period.ts';
import type { CardReport, Report } from './report.ts';
import { signalsOf } from './signals.ts';
import { newCounter, type Tallied, type TallyCell } from './tally.ts';

/** Decisions are read so far ahead of feedback, since the clocks of replicas differ. */
const AHEAD_MS = 300_000;
/** The last moment there is: an answer counts for the card it is about, however late it came. */
const END_OF_TIME = new Date(8.64e15);

/** What can be read of the store. */
export type Readable = Pick<Store, 'decisions' | 'feedback'>;

/** Reads a period of the store, row by row, and reports on it. The cards of the period count with all answers they have had since. */
export async function reportOn(store: Readable, days: Days, knowledge: Knowledge): Promise<Report> {
  const period = periodOf(days);
  const counter = newCounter({
    period,
    weekOf: (time) => isoDay(mondayOf(dayIn(time, days.timeZone))),
    suggestionOf: suggestionFinder(knowledge),
    chartLacks: knowledge.overrideReasons.chartLacks,
  });
  const codes = reasonCodes(knowledge);
  const rows = merge(store.decisions(period), store.feedback({ since: period.since, until: END_OF_TIME }));
  for await (const { decision, feedback } of rows) {
    if (decision !== undefined) counter.addDecision(decision);
    if (feedback !== undefined) counter.addFeedback(inOurReasons(feedback, codes));
  }
  return reportOf(counter.finish(), days, knowledge);
}

/** An answer whose reason goes by our code where it can. */
const inOurReasons = ({ reason, ...item }: KeptFeedback, { countedAs }: ReasonCodes): KeptFeedback =>
  reason === undefined ? item : { ...item, reason: { ...reason, code: countedAs(reason) } };

interface Row {
  readonly decision?: KeptDecision;
  readonly feedback?: KeptFeedback;
}

/** Decisions and feedback as one stream in order of time. */
async function* merge(
  decisions: AsyncIterable<KeptDecision>,
  feedback: AsyncIterable<KeptFeedback>,
): AsyncGenerator<Row> {
  const answers = feedback[Symbol.asyncIterator]();
  try {
    let next = await answers.next();
    for await (const decision of decisions) {
      while (!next.done && next.value.received.getTime() + AHEAD_MS < decision.time.getTime()) {
        yield { feedback: next.value };
        next = await answers.next();
      }
      yield { decision };
    }
    for (; !next.done; next = await answers.next()) yield { feedback: next.value };
  } finally {
    await answers.return?.();
  }
}

/** The report on what was counted. */
export function reportOf(tallied: Tallied, days: Days, knowledge: Knowledge): Report {
  const { cells, funnel, inScopeOf, review, feedback } = tallied;
  const names = namesOf(knowledge);
  const limits = limitsOf(knowledge);
  const weeks = new Map(weeksOf(days).map((week) => [week, newTally()]));
  for (const [week, tally] of groups(cells, ({ week }) => week)) weeks.set(week, tally);
  const clients = new Map([...inScopeOf.keys()].map((client) => [client, newTally()]));
  for (const [client, tally] of groups(cells, ({ client }) => client)) clients.set(client, tally);
  return {
    period: { since: isoDay(days.first), until: isoDay(days.last), timeZone: days.timeZone },
    knowledge: knowledge.revision,
    funnel,
    total: countsOf(sum(cells.map(({ tally }) => tally))),
    cards: cardsOf(cells, (card, tally) => signalsOf(tally, names.cards[card], limits, names.chartLacks)),
    weeks: [...weeks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([week, tally]) => ({ week, ...countsOf(tally) })),
    clients: [...clients]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([client, tally]) => ({ client, inScope: inScopeOf.get(client) ?? 0, ...countsOf(tally) })),
    cells: cells.toSorted(byCell).map(({ tally, ...cell }) => ({ ...cell, ...countsOf(tally) })),
    review,
    feedback,
    names,
    limits,
  };
}

function cardsOf(
  cells: readonly TallyCell[],
  signals: (card: string, tally: Tally) => CardReport['signals'],
): CardReport[] {
  const groupsOfCards = groups(cells, ({ card, version }) => JSON.stringify([card, version]));
  return [...groupsOfCards]
    .map(([key, tally]) => {
      const [card, version] = JSON.parse(key) as [string, string];
      return { card, version, ...countsOf(tally), signals: signals(card, tally) };
    })
    .sort((a, b) => compare(a.card, b.card) || compareVersions(b.version, a.version));
}

function groups(cells: readonly TallyCell[], keyOf: (cell: TallyCell) => string): Map<string, Tally> {
  const sums = new Map<string, Tally>();
  for (const cell of cells) {
    const key = keyOf(cell);
    const total = sums.get(key) ?? newTally();
    addTally(total, cell.tally);
    sums.set(key, total);
  }
  return sums;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const compareVersions = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const byCell = (a: TallyCell, b: TallyCell): number =>
  compare(a.card, b.card) ||
  compareVersions(b.version, a.version) ||
  compare(a.client, b.client) ||
  compare(a.week, b.week);
