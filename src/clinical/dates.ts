import type { Range } from '../logic/range.ts';

/**
 * Calendar days, counted from 1970-01-01. A FHIR date or dateTime is the calendar date as written: time and zone are not looked at.
 * A partial date is every day it may mean.
 */
export type DaySpan = Range;

/** A length of time as `parameters/` and facts write it. */
export interface Duration {
  readonly value: number;
  readonly unit: 'days' | 'weeks' | 'months' | 'years';
}

const MS_PER_DAY = 86_400_000;
const FHIR_DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:$|T))?)?/;

/** The day number of a calendar date; month from 1. */
export const dayOf = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / MS_PER_DAY;

/** `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or a dateTime/instant to the days it may mean; undefined when it is none of these. */
export function parseFhirDate(text: unknown): DaySpan | undefined {
  if (typeof text !== 'string') return undefined;
  const match = FHIR_DATE.exec(text);
  if (match === null) return undefined;
  const year = Number(match[1]);
  if (match[2] === undefined)
    return text.length === 4 ? { min: dayOf(year, 1, 1), max: dayOf(year, 12, 31) } : undefined;
  const month = Number(match[2]);
  if (month < 1 || month > 12) return undefined;
  if (match[3] === undefined) {
    return text.length === 7 ? { min: dayOf(year, month, 1), max: dayOf(year, month + 1, 1) - 1 } : undefined;
  }
  const day = Number(match[3]);
  if (day < 1 || day > dayOf(year, month + 1, 1) - dayOf(year, month, 1)) return undefined;
  const number = dayOf(year, month, day);
  return { min: number, max: number };
}

const MS_PER_MINUTE = 60_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** The minute last asked about, and its day: no zone begins a day within a minute. */
  minute: number;
  day: number;
}

const zones = new Map<string, Zone>();

/** The calendar day that `now` is in the IANA `timeZone`. */
export function dayIn(now: Date, timeZone: string): number {
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    zone = { format, minute: Number.NaN, day: 0 };
    zones.set(timeZone, zone);
  }
  const minute = Math.floor(now.getTime() / MS_PER_MINUTE);
  if (minute !== zone.minute) {
    const [year = 0, month = 1, day = 1] = zone.format.format(now).split('-').map(Number);
    zone.day = dayOf(year, month, day);
    zone.minute = minute;
  }
  return zone.day;
}

/** Days that were written before; a chart names the same ones again and again. */
const written = new Map<number, string>();
const MOST_WRITTEN = 20_000;

/** `YYYY-MM-DD`. */
export function isoDay(day: number): string {
  let text = written.get(day);
  if (text === undefined) {
    text = new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
    if (written.size >= MOST_WRITTEN) written.clear();
    written.set(day, text);
  }
  return text;
}

/** The day a duration before `day`. Months and years go by the calendar, clamped to the last day of a shorter month. */
export function daysBefore(day: number, { value, unit }: Duration): number {
  if (unit === 'days') return day - value;
  if (unit === 'weeks') return day - value * 7;
  const date = new Date(day * MS_PER_DAY);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() - value * (unit === 'years' ? 12 : 1);
  const first = dayOf(Math.floor(months / 12), (months % 12) + 1, 1);
  const length = dayOf(Math.floor(months / 12), (months % 12) + 2, 1) - first;
  return first + Math.min(date.getUTCDate(), length) - 1;
}

/** The day a duration after `day`, by the same calendar. */
export const daysAfter = (day: number, { value, unit }: Duration): number => daysBefore(day, { value: -value, unit });

/** Whole years from a birth date to `day`. */
export function yearsBetween(birth: DaySpan, day: number): Range {
  return { min: wholeYears(birth.max, day), max: wholeYears(birth.min, day) };
}

function wholeYears(from: number, to: number): number {
  const a = new Date(from * MS_PER_DAY);
  const b = new Date(to * MS_PER_DAY);
  const years = b.getUTCFullYear() - a.getUTCFullYear();
  const before =
    b.getUTCMonth() < a.getUTCMonth() || (b.getUTCMonth() === a.getUTCMonth() && b.getUTCDate() < a.getUTCDate());
  return before ? years - 1 : years;
}
