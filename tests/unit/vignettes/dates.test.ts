import { describe, expect, test } from 'vitest';
import { vignetteDate, vignetteDates } from '../../../src/vignettes/dates.ts';
import { TODAY } from '../../support/builders.ts';

describe('a date as vignettes write it', () => {
  test.each([
    ['today', '2026-11-24'],
    ['1 day ago', '2026-11-23'],
    ['14 weeks ago', '2026-08-18'],
    ['3 months ago', '2026-08-24'],
    ['2 years ago', '2024-11-24'],
    ['0 days ago', '2026-11-24'],
    ['2026-05-02', '2026-05-02'],
    ['2026-05', '2026-05'],
    ['2026', '2026'],
    ['2026-05-02T10:00:00Z', '2026-05-02T10:00:00Z'],
  ])('"%s" is %s', (text, expected) => {
    expect(vignetteDate(text, TODAY)).toBe(expected);
  });

  test.each(['yesterday', 'two weeks ago', '14 weeks', '-1 days ago', '1.5 weeks ago', '2026-02-30', ''])(
    '"%s" is none',
    (text) => {
      expect(() => vignetteDate(text, TODAY)).toThrow(/is not a date/);
    },
  );
});

describe('several dates', () => {
  test.each([
    ['one', '3 days ago', ['2026-11-21']],
    ['a list', ['3 days ago', '2026-05'], ['2026-11-21', '2026-05']],
    ['a series, both ends in', '3 dates from 4 weeks ago to 2 weeks ago', ['2026-10-27', '2026-11-03', '2026-11-10']],
    ['a series of two', '2 dates from 10 days ago to today', ['2026-11-14', '2026-11-24']],
    ['a series that is not even', '3 dates from 3 days ago to today', ['2026-11-21', '2026-11-23', '2026-11-24']],
  ])('%s', (_, value, expected) => {
    expect(vignetteDates(value, TODAY)).toEqual(expected);
  });

  test('a series holds as many different dates as it says', () => {
    expect(new Set(vignetteDates('20 dates from 30 days ago to 2 days ago', TODAY)).size).toBe(20);
  });

  test.each([
    '3 dates from 1 day ago to today',
    '1 dates from 9 days ago to today',
    '3 dates from today to 9 days ago',
    '3 dates from then to now',
  ])('"%s" cannot be', (text) => {
    expect(() => vignetteDates(text, TODAY)).toThrow();
  });
});
