import { type DaySpan, isoDay } from '../clinical/dates.ts';
import type { Range } from '../logic/range.ts';

/** A citation: what in the chart something rests on. Never a copy of it. */
export interface Evidence {
  readonly reference: string;
  /** Calendar day, `YYYY-MM-DD`; absent when the chart gives none, or only part of one. */
  readonly date?: string;
}

/** Names that a fact may give (an encounter class, a priority); `open` when there may be others that could not be read. */
export interface Names {
  readonly certain: readonly string[];
  readonly open: boolean;
}

/** What a fact says for one chart and one order. */
export interface Reading {
  /** How many things in the chart it rests on: at least `min`, at most `max`. */
  readonly count: Range;
  /** Further numbers by name; absent when there is nothing to measure. */
  readonly measures: Readonly<Record<string, Range>>;
  readonly names?: Names;
  /** Days that wording may print. */
  readonly days?: Readonly<Record<string, DaySpan>>;
  /** Our own words for it, that wording may print. */
  readonly label?: string;
  readonly evidence: readonly Evidence[];
  /** Slices that could not be read, or only in part. */
  readonly unread: readonly string[];
}

/** Everything was looked at, and there is nothing. */
export const NOTHING_FOUND: Reading = { count: { min: 0, max: 0 }, measures: {}, evidence: [], unread: [] };

/** `known`: something was found. `absent`: everything was looked at and there is nothing. `unavailable`: neither can be said. */
export type State = 'known' | 'absent' | 'unavailable';

export function stateOf({ count }: Reading): State {
  if (count.min >= 1) return 'known';
  return count.max === 0 ? 'absent' : 'unavailable';
}

/** The day as evidence prints it, when it is one day. */
export const evidenceOf = (reference: string, day: DaySpan | undefined): Evidence =>
  day !== undefined && day.min === day.max ? { reference, date: isoDay(day.min) } : { reference };
