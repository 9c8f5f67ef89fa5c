/** How numbers, days and times are written. */

import { inWords, spoken } from './language.ts';

const LOCALE = { en: 'en-GB', es: 'es' }[spoken];
const days = inWords({ en: 'days', es: 'días' });
const decimal = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const dayMonth = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayMonthYear = new Intl.DateTimeFormat(LOCALE, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const axis = new Intl.DateTimeFormat(LOCALE, { month: 'short', year: '2-digit', timeZone: 'UTC' });

/** As cards write it. */
export const number = (value: number): string => decimal.format(value);

/** A part of a whole, or a dash where there is no whole. */
export const share = (part: number, of: number): string => (of === 0 ? '–' : `${Math.round((part / of) * 100)} %`);

/** `2026-11-02` as `2 Nov`. */
export const shortDay = (day: string): string => dayMonth.format(new Date(`${day}T00:00:00Z`));

/** `2026-11-02` as `2 Nov 2026`. */
export const longDay = (day: string): string => dayMonthYear.format(new Date(`${day}T00:00:00Z`));

/** `2026-11` as `Nov 26`, for an axis. */
export const monthYear = (time: Date): string => axis.format(time);

/** An ISO time, in a zone. */
export const moment = (time: string, timeZone: string): string =>
  new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(time));

/** Seconds as people say them. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} ${days}`;
}
