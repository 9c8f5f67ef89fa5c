import { type DaySpan, parseFhirDate } from '../clinical/dates.ts';
import { at } from '../logic/json.ts';

/** When something was: the calendar days it may mean, and the instant when it was told with time and zone. */
export interface Moment {
  readonly days: DaySpan;
  /** Milliseconds since 1970. */
  readonly instant?: number;
}

/** Midnight to the second is how exports write a day that they know no time of. */
const TIMED = /^\d{4}-\d{2}-\d{2}T(?!00:00(?::00(?:\.0+)?)?(?:Z|[+-]))\d{2}:\d{2}.*(?:Z|[+-]\d{2}:\d{2})$/;

/** A FHIR date, dateTime or instant; undefined when it is none. */
export function momentOf(text: unknown): Moment | undefined {
  const days = parseFhirDate(text);
  if (days === undefined || typeof text !== 'string') return undefined;
  const instant = TIMED.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? { days } : { days, instant };
}

/** The first date at one of the paths. */
export function momentAt(resource: unknown, paths: readonly string[]): Moment | undefined {
  for (const path of paths) {
    for (const found of at(resource, path)) {
      const moment = momentOf(found);
      if (moment !== undefined) return moment;
    }
  }
  return undefined;
}

/** Surely not later: with a time on both sides by the instant, else by the day, and a partial date by its last day. */
export function isNotAfter(one: Moment, other: Moment): boolean {
  if (one.instant !== undefined && other.instant !== undefined) return one.instant <= other.instant;
  return one.days.max <= other.days.min;
}

/** Surely earlier; the same day without times is not. */
export function isBefore(one: Moment, other: Moment): boolean {
  if (one.instant !== undefined && other.instant !== undefined) return one.instant < other.instant;
  return one.days.max < other.days.min;
}
