import { type Duration, daysBefore, isoDay, parseFhirDate } from '../clinical/dates.ts';

const AGO = /^(\d+) (day|week|month|year)s? ago$/;
const SERIES = /^(\d+) dates from (.+) to (.+)$/;

/** `today`, `14 weeks ago` or a FHIR date, as a FHIR date. @throws Error when it is none. */
export function vignetteDate(text: string, today: number): string {
  if (text === 'today') return isoDay(today);
  const ago = AGO.exec(text);
  if (ago !== null) return isoDay(daysBefore(today, { value: Number(ago[1]), unit: `${ago[2]}s` as Duration['unit'] }));
  if (parseFhirDate(text) !== undefined) return text;
  throw new Error(`"${text}" is not a date: write "today", "14 weeks ago" or a FHIR date`);
}

/** One date, a list of dates, or `6 dates from 9 weeks ago to 2 weeks ago`, spread evenly with both ends in. */
export function vignetteDates(value: unknown, today: number): string[] {
  if (Array.isArray(value)) return value.map((one) => vignetteDate(String(one), today));
  const series = SERIES.exec(String(value));
  if (series === null) return [vignetteDate(String(value), today)];
  const [count, from, to] = [Number(series[1]), series[2] ?? '', series[3] ?? ''];
  const first = parseFhirDate(vignetteDate(from, today))?.min ?? today;
  const last = parseFhirDate(vignetteDate(to, today))?.min ?? today;
  if (count < 2 || last - first < count - 1) throw new Error(`"${String(value)}" has no room for ${count} dates`);
  return Array.from({ length: count }, (_, index) =>
    isoDay(Math.round(first + ((last - first) * index) / (count - 1))),
  );
}
