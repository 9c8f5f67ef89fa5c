import { describe, expect, test } from 'vitest';
import { dayIn, dayOf, daysBefore, isoDay, parseFhirDate, yearsBetween } from '../../../src/clinical/dates.ts';

const day = (iso: string): number => {
  const [year = 0, month = 1, date = 1] = iso.split('-').map(Number);
  return dayOf(year, month, date);
};
const spanText = (text: unknown): string | undefined => {
  const span = parseFhirDate(text);
  return span && `${isoDay(span.min)} to ${isoDay(span.max)}`;
};

describe('a FHIR date is the days it may mean', () => {
  test.each([
    ['2026', '2026-01-01 to 2026-12-31'],
    ['2024', '2024-01-01 to 2024-12-31'],
    ['2026-02', '2026-02-01 to 2026-02-28'],
    ['2024-02', '2024-02-01 to 2024-02-29'],
    ['2026-12', '2026-12-01 to 2026-12-31'],
    ['2026-11-24', '2026-11-24 to 2026-11-24'],
    ['2024-02-29', '2024-02-29 to 2024-02-29'],
    ['2026-11-24T23:59:59Z', '2026-11-24 to 2026-11-24'],
    ['2026-11-24T00:30:00+13:00', '2026-11-24 to 2026-11-24'],
    ['2026-11-24T23:30:00.123-10:00', '2026-11-24 to 2026-11-24'],
    ['1969-12-31', '1969-12-31 to 1969-12-31'],
  ])('%s is %s', (text, expected) => {
    expect(spanText(text)).toBe(expected);
  });

  test.each([
    '2026-02-29',
    '2023-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-13',
    '2026-00',
    '2026-13-01',
    '2026-00-10',
    '2026-11-00',
    '2026-11-32',
    '2026-1-1',
    '26-11-24',
    '20261124',
    '2026/11/24',
    '2026-11-24 10:00',
    '2026T10:00',
    '2026-11T10:00',
    'last week',
    '',
    ' 2026',
    null,
    undefined,
    2026,
    {},
    ['2026-11-24'],
  ])('%j is no date', (text) => {
    expect(parseFhirDate(text)).toBeUndefined();
  });
});

describe('a duration before a day', () => {
  test.each([
    ['2026-11-24', 0, 'days', '2026-11-24'],
    ['2026-11-24', 1, 'days', '2026-11-23'],
    ['2026-11-24', 26, 'weeks', '2026-05-26'],
    ['2026-11-24', 12, 'months', '2025-11-24'],
    ['2026-11-24', 6, 'months', '2026-05-24'],
    ['2026-03-31', 1, 'months', '2026-02-28'],
    ['2024-03-31', 1, 'months', '2024-02-29'],
    ['2026-05-31', 1, 'months', '2026-04-30'],
    ['2026-12-31', 1, 'months', '2026-11-30'],
    ['2026-01-31', 1, 'months', '2025-12-31'],
    ['2026-01-15', 13, 'months', '2024-12-15'],
    ['2024-02-29', 1, 'years', '2023-02-28'],
    ['2024-02-29', 4, 'years', '2020-02-29'],
    ['2026-03-01', 1, 'days', '2026-02-28'],
    ['2024-03-01', 1, 'days', '2024-02-29'],
    ['1970-02-01', 24, 'months', '1968-02-01'],
    ['2026-11-24', -7, 'days', '2026-12-01'],
  ] as const)('of %s, %d %s, is %s', (from, value, unit, expected) => {
    expect(isoDay(daysBefore(day(from), { value, unit }))).toBe(expected);
  });
});

describe('whole years from a birth date', () => {
  test.each([
    ['2008-11-24', '2026-11-24', 18, 18],
    ['2008-11-25', '2026-11-24', 17, 17],
    ['2008-11-23', '2026-11-24', 18, 18],
    ['2008', '2026-11-24', 17, 18],
    ['2008-11', '2026-11-24', 17, 18],
    ['2008-10', '2026-11-24', 18, 18],
    ['2004-02-29', '2026-02-28', 21, 21],
    ['2004-02-29', '2026-03-01', 22, 22],
    ['2026-11-24', '2026-11-24', 0, 0],
    ['2026', '2026-12-31', 0, 0],
  ])('born %s, on %s: %d to %d', (born, on, min, max) => {
    expect(yearsBetween(parseFhirDate(born) ?? { min: 0, max: 0 }, day(on))).toEqual({ min, max });
  });
});

describe('which calendar day it is', () => {
  test.each([
    ['2026-11-24T00:00:00Z', 'UTC', '2026-11-24'],
    ['2026-11-24T23:59:59.999Z', 'UTC', '2026-11-24'],
    ['2026-11-24T23:30:00Z', 'Europe/Madrid', '2026-11-25'],
    ['2026-11-24T22:59:59Z', 'Europe/Madrid', '2026-11-24'],
    ['2026-07-24T22:00:00Z', 'Europe/Madrid', '2026-07-25'],
    ['2026-11-24T04:59:59Z', 'America/New_York', '2026-11-23'],
    ['2026-11-24T05:00:00Z', 'America/New_York', '2026-11-24'],
    ['2026-11-24T11:00:00Z', 'Pacific/Auckland', '2026-11-25'],
    ['2026-11-24T10:00:00Z', 'Pacific/Kiritimati', '2026-11-25'],
    ['2026-11-24T10:59:00Z', 'Pacific/Pago_Pago', '2026-11-23'],
    ['2026-12-31T18:30:00Z', 'Asia/Kolkata', '2027-01-01'],
    ['2026-03-08T06:59:59Z', 'America/New_York', '2026-03-08'],
  ])('%s in %s is %s', (now, zone, expected) => {
    expect(isoDay(dayIn(new Date(now), zone))).toBe(expected);
  });
});

describe('days are counted', () => {
  test.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['1970-02-01', 31],
    ['2000-03-01', 11_017],
  ])('%s is day %d', (iso, number) => {
    expect(day(iso)).toBe(number);
    expect(isoDay(number)).toBe(iso);
  });

  test('a day after a leap day is one more', () => {
    expect(day('2024-03-01') - day('2024-02-28')).toBe(2);
    expect(day('2026-03-01') - day('2026-02-28')).toBe(1);
  });
});
