import { dayIn, isoDay, parseFhirDate } from '../clinical/dates.ts';
import { InvalidRequest } from '../errors.ts';
import type { Period } from '../store/store.ts';

const MS_PER_DAY = 86_400_000;
/** No zone is further from UTC. */
const MOST_OFFSET_MS = 15 * 3_600_000;
const DEFAULT_WEEKS = 12;
const MOST_WEEKS = 156;
const MOST_DAYS = MOST_WEEKS * 7;

/** Days as people ask for them. */
export interface Asked {
  readonly weeks?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Days from `first` to `last`, both counted, in a time zone. Days are numbers since 1970. */
export interface Days {
  readonly first: number;
  readonly last: number;
  readonly timeZone: string;
}

/** Monday of the week of a day. */
export const mondayOf = (day: number): number => day - ((((day + 3) % 7) + 7) % 7);

/**
 * The days that were asked for: so many weeks up to now, the current one included (12 unless told), or from one day to another.
 *
 * @throws InvalidRequest
 */
export function readDays({ weeks, since, until }: Asked, now: Date, timeZone: string): Days {
  const today = dayIn(now, timeZone);
  if (since === undefined && until === undefined)
    return { first: mondayOf(today) - 7 * (readWeeks(weeks) - 1), last: today, timeZone };
  if (weeks !== undefined) throw new InvalidRequest('Give weeks, or since and until, not both');
  if (since === undefined) throw new InvalidRequest('since is missing: until needs it');
  const first = readDay('since', since);
  const last = until === undefined ? today : readDay('until', until);
  if (first > last) throw new InvalidRequest('since must not be after until');
  if (last - first >= MOST_DAYS) throw new InvalidRequest(`since and until may be ${MOST_DAYS} days apart at most`);
  return { first, last, timeZone };
}

function readWeeks(text: string | undefined): number {
  if (text === undefined) return DEFAULT_WEEKS;
  const weeks = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (weeks < 1 || weeks > MOST_WEEKS) throw new InvalidRequest(`weeks must be a whole number from 1 to ${MOST_WEEKS}`);
  return weeks;
}

function readDay(name: string, text: string): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseFhirDate(text) : undefined;
  if (day === undefined) throw new InvalidRequest(`${name} must be a day such as 2026-01-31`);
  return day.min;
}

/** From the first moment of the first day to the last moment of the last. */
export const periodOf = ({ first, last, timeZone }: Days): Period => ({
  since: startOfDay(first, timeZone),
  until: startOfDay(last + 1, timeZone),
});

/** The first moment of a calendar day, to the second: zones change their offset, and some days have no midnight. */
export function startOfDay(day: number, timeZone: string): Date {
  let before = (day * MS_PER_DAY - MOST_OFFSET_MS) / 1000;
  let from = (day * MS_PER_DAY + MOST_OFFSET_MS) / 1000;
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (dayIn(new Date(middle * 1000), timeZone) >= day) from = middle;
    else before = middle;
  }
  return new Date(from * 1000);
}

/** Mondays of the weeks that the days touch, as `YYYY-MM-DD`. */
export function weeksOf({ first, last }: Days): string[] {
  const from = mondayOf(first);
  const count = Math.floor((mondayOf(last) - from) / 7) + 1;
  return Array.from({ length: count }, (_, week) => isoDay(from + week * 7));
}
