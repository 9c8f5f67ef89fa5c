import type { AnswerTime, Counts } from './report.ts';

/** Names that clients make up are kept apart up to so many, so that no client can fill the memory. */
const MOST_NAMES = 50;
export const OTHER = 'other';
/** Width of a class of answer times: 5 % either side. */
const CLASS = Math.log(1.1);

type Number$ = Exclude<{ [K in keyof Counts]: Counts[K] extends number ? K : never }[keyof Counts], undefined>;

/** The parts of {@link Counts} that simply add up. */
export const NUMBERS = [
  'judged',
  'fired',
  'silent',
  'draft',
  'quiet',
  'arbitrated',
  'shown',
  'accepted',
  'overridden',
  'ignored',
  'reports',
] as const satisfies readonly Number$[];

/** Counts that grow. */
export interface Tally extends Record<(typeof NUMBERS)[number], number> {
  readonly suggestions: Map<string, number>;
  readonly reasons: Map<string, number>;
  /** Answers by class of time; see {@link noteTime}. */
  readonly times: Map<number, number>;
}

export const newTally = (): Tally => ({
  judged: 0,
  fired: 0,
  silent: 0,
  draft: 0,
  quiet: 0,
  arbitrated: 0,
  shown: 0,
  accepted: 0,
  overridden: 0,
  ignored: 0,
  reports: 0,
  suggestions: new Map(),
  reasons: new Map(),
  times: new Map(),
});

const add = <K>(counts: Map<K, number>, key: K, by = 1): void => void counts.set(key, (counts.get(key) ?? 0) + by);

/** Counts a name, or `other` when there are too many. */
export function noteName(counts: Map<string, number>, name: string): void {
  add(counts, counts.has(name) || counts.size < MOST_NAMES ? name : OTHER);
}

/** Counts an answer that took so long. One dated before its showing has no time: the client's clock is slow. */
export function noteTime(times: Map<number, number>, ms: number): void {
  if (ms >= 0) add(times, Math.round(Math.log(Math.max(ms / 1000, 1)) / CLASS));
}

/** Adds one tally to another. */
export function addTally(to: Tally, from: Tally): void {
  for (const name of NUMBERS) to[name] += from[name];
  for (const names of ['suggestions', 'reasons'] as const)
    for (const [name, count] of from[names]) add(to[names], name, count);
  for (const [time, count] of from.times) add(to.times, time, count);
}

/** The sum of tallies. */
export function sum(tallies: Iterable<Tally>): Tally {
  const total = newTally();
  for (const one of tallies) addTally(total, one);
  return total;
}

/** A tally as the report has it, the most frequent names first. */
export function countsOf({ suggestions, reasons, times, ...numbers }: Tally): Counts {
  const answerTime = timesOf(times);
  return {
    ...numbers,
    suggestions: byCount(suggestions),
    reasons: byCount(reasons),
    ...(answerTime !== undefined && { answerTime }),
  };
}

const byCount = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));

function timesOf(times: ReadonlyMap<number, number>): AnswerTime | undefined {
  const ordered = [...times].sort(([a], [b]) => a - b);
  const total = ordered.reduce((count, [, more]) => count + more, 0);
  if (total === 0) return undefined;
  return { median: timeAt(ordered, total * 0.5), p90: timeAt(ordered, total * 0.9) };
}

/** The time that so many answers took at most. */
function timeAt(ordered: readonly (readonly [time: number, count: number])[], rank: number): number {
  let passed = 0;
  for (const [time, count] of ordered) {
    passed += count;
    if (passed >= rank) return Math.round(Math.exp(time * CLASS));
  }
  return 0;
}

/** A part of a whole in percent; 0 of nothing. */
export const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (part / whole) * 100);
