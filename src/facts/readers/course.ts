import { daysBefore } from '../../clinical/dates.ts';
import type { Range } from '../../logic/range.ts';
import type { Reader } from '../reader.ts';
import { evidenceOf, NOTHING_FOUND, type Reading } from '../reading.ts';
import { type Found, isEmpty, SELECTING, type Selection, select } from '../select.ts';

/**
 * A course of contacts (visits, sessions): one contact a calendar date, whichever sources name it. With `gap`, contacts and weeks
 * are those of the fullest and of the longest stretch in which no two neighbours lie further apart. With `after`, only contacts later than the last thing another fact found.
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

const NONE: Range = { min: 0, max: 0 };
// Never is longer ago than any limit.
const NEVER: Range = { min: Number.POSITIVE_INFINITY, max: Number.POSITIVE_INFINITY };
const NO_CONTACTS: Reading = { ...NOTHING_FOUND, measures: { contacts: NONE, weeks: NONE, 'days-since': NEVER } };

function summarise(selection: Selection, today: number, gap: number): Reading {
  if (isEmpty(selection)) return NO_CONTACTS;
  const { certain, possible, unread } = selection;
  const days = distinctDays(certain);
  const stretches = stretchesOf(days, gap);
  const vague = [...certain.filter((one) => !isExact(one)), ...possible];
  const isSettled = unread.length === 0 && vague.length === 0;
  const found = Math.max(0, ...stretches.map((stretch) => stretch.length));
  const least = Math.max(found, certain.length > 0 ? 1 : 0);
  // Something vague may join two stretches.
  const most = isSettled ? found : days.length + vague.length;
  const contacts: Range = { min: least, max: unread.length > 0 ? Number.POSITIVE_INFINITY : most };
  const spanned = Math.max(certain.length > 0 ? 1 : 0, ...stretches.map(weeksOf));
  const weeks: Range = { min: spanned, max: isSettled ? spanned : Number.POSITIVE_INFINITY };
  const evidence = certain.map(({ entry, day }) => evidenceOf(entry.reference, day));
  const last = days.at(-1);
  const ago = last === undefined ? Number.POSITIVE_INFINITY : today - last;
  const since: Range = { min: isSettled ? ago : 0, max: last === undefined ? Number.POSITIVE_INFINITY : ago };
  const measures = { contacts, weeks, 'days-since': since };
  const dated = certain.flatMap(({ day }) => day ?? []);
  if (dated.length === 0) return { count: contacts, measures, evidence, unread };
  const first = dated.reduce((a, b) => (b.min < a.min || (b.min === a.min && b.max < a.max) ? b : a));
  const latest = dated.reduce((a, b) => (b.max > a.max || (b.max === a.max && b.min > a.min) ? b : a));
  return { count: contacts, measures, days: { first, last: latest }, evidence, unread };
}

const distinctDays = (found: readonly Found[]): number[] =>
  [...new Set(found.filter(isExact).map(({ day }) => day?.min ?? 0))].sort((a, b) => a - b);

/** Runs of days in which no two neighbours lie further apart than `gap`. */
function stretchesOf(days: readonly number[], gap: number): number[][] {
  const stretches: number[][] = [];
  for (const day of days) {
    const current = stretches.at(-1);
    const previous = current?.at(-1);
    if (current !== undefined && previous !== undefined && day - previous <= gap) current.push(day);
    else stretches.push([day]);
  }
  return stretches;
}

const weeksOf = (stretch: readonly number[]): number =>
  stretch.length === 0 ? 0 : Math.floor(((stretch.at(-1) ?? 0) - (stretch[0] ?? 0)) / 7) + 1;
