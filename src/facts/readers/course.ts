import { daysBefore } from '../../clinical/dates.ts';
import type { Range } from '../../logic/range.ts';
import type { Reader } from '../reader.ts';
import { evidenceOf, type Reading } from '../reading.ts';
import { type Found, SELECTING, type Selection, select } from '../select.ts';

/**
 * A course of contacts (visits, sessions): one contact a calendar date, whichever sources name it. With `gap`, the longest stretch in
 * which no two neighbouring contacts lie further apart. With `after`, only contacts later than the last thing another fact found.
 */
export const course: Reader = {
  name: 'course',
  does: 'counts contacts on distinct dates, and how many weeks they span',
  arguments: { ...SELECTING, gap: { kind: 'duration' } },
  measures: { contacts: 'contacts', weeks: 'weeks', 'days-since': 'days' },
  givesNames: false,
  days: ['first', 'last'],
  slices: ({ slices = [] }) => slices,
  read: (args, setting) => {
    const gap = args.gap === undefined ? Number.POSITIVE_INFINITY : setting.today - daysBefore(setting.today, args.gap);
    return summarise(select(args, setting), setting.today, gap);
  },
};

const isExact = ({ day }: Found): boolean => day !== undefined && day.min === day.max;

function summarise({ certain, possible, unread }: Selection, today: number, gap: number): Reading {
  const days = longestStretch(distinctDays(certain), gap);
  const vague = [...certain.filter((one) => !isExact(one)), ...possible];
  const isSettled = unread.length === 0 && vague.length === 0;
  const least = Math.max(days.length, certain.length > 0 ? 1 : 0);
  const contacts: Range = {
    min: least,
    max: unread.length > 0 ? Number.POSITIVE_INFINITY : days.length + vague.length,
  };
  const [first, last] = [days[0], days.at(-1)];
  const evidence = certain.map(({ entry, day }) => evidenceOf(entry.reference, day));
  if (first === undefined || last === undefined) {
    const weeks = { min: least, max: isSettled ? 0 : Number.POSITIVE_INFINITY };
    // Never is longer ago than any limit.
    const since = { min: isSettled ? Number.POSITIVE_INFINITY : 0, max: Number.POSITIVE_INFINITY };
    return { count: contacts, measures: { contacts, weeks, 'days-since': since }, evidence, unread };
  }
  const weeks = Math.floor((last - first) / 7) + 1;
  return {
    count: contacts,
    measures: {
      contacts,
      weeks: { min: weeks, max: isSettled ? weeks : Number.POSITIVE_INFINITY },
      'days-since': { min: isSettled ? today - last : 0, max: today - last },
    },
    days: { first: { min: first, max: first }, last: { min: last, max: last } },
    evidence,
    unread,
  };
}

const distinctDays = (found: readonly Found[]): number[] =>
  [...new Set(found.filter(isExact).map(({ day }) => day?.min ?? 0))].sort((a, b) => a - b);

function longestStretch(days: readonly number[], gap: number): number[] {
  let best: number[] = [];
  let current: number[] = [];
  for (const day of days) {
    const previous = current.at(-1);
    current = previous !== undefined && day - previous > gap ? [day] : [...current, day];
    if (span(current) > span(best) || (span(current) === span(best) && current.length >= best.length)) best = current;
  }
  return best;
}

const span = (days: readonly number[]): number => (days.at(-1) ?? -1) - (days[0] ?? 0);
