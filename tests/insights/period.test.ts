import { describe, expect, test } from 'vitest';
import { dayIn, isoDay } from '../../src/clinical/dates.ts';
import { InvalidRequest } from '../../src/errors.ts';
import { type Asked, mondayOf, periodOf, readDays, startOfDay, weeksOf } from '../../src/insights/period.ts';

const NOW = new Date('2026-11-24T12:00:00Z'); // a Tuesday
const read = (asked: Asked, timeZone = 'UTC', now = NOW) => {
  const days = readDays(asked, now, timeZone);
  return [isoDay(days.first), isoDay(days.last)];
};

describe('the days that are asked for', () => {
  test('12 weeks unless told, the current one included', () => {
    expect(read({})).toEqual(['2026-09-07', '2026-11-24']);
    expect(read({ weeks: '1' })).toEqual(['2026-11-23', '2026-11-24']);
  });

  test('today is taken in the time zone', () => {
    const late = new Date('2026-11-22T23:30:00Z'); // Monday in Auckland, Sunday in New York
    expect(read({ weeks: '1' }, 'Pacific/Auckland', late)).toEqual(['2026-11-23', '2026-11-23']);
    expect(read({ weeks: '1' }, 'America/New_York', late)).toEqual(['2026-11-16', '2026-11-22']);
  });

  test('from one day to another, or to today', () => {
    expect(read({ since: '2026-01-01', until: '2026-01-31' })).toEqual(['2026-01-01', '2026-01-31']);
    expect(read({ since: '2026-11-24' })).toEqual(['2026-11-24', '2026-11-24']);
  });

  test.each<[string, Asked]>([
    ['no weeks', { weeks: '0' }],
    ['too many weeks', { weeks: '157' }],
    ['half a week', { weeks: '1.5' }],
    ['words', { weeks: 'many' }],
    ['both', { weeks: '4', since: '2026-01-01' }],
    ['an end without a beginning', { until: '2026-01-01' }],
    ['the wrong order', { since: '2026-02-01', until: '2026-01-01' }],
    ['a month', { since: '2026-02' }],
    ['a day that is none', { since: '2026-02-30' }],
    ['a time', { since: '2026-02-03T00:00:00Z' }],
    ['too long', { since: '2020-01-01', until: '2026-01-01' }],
  ])('%s is refused', (_, asked) => {
    expect(() => readDays(asked, NOW, 'UTC')).toThrow(InvalidRequest);
  });
});

describe('days as moments', () => {
  test.each(['UTC', 'America/New_York', 'Pacific/Auckland', 'Asia/Kathmandu', 'Africa/Cairo', 'Pacific/Kiritimati'])(
    'a day begins with its first second in %s, also when clocks change',
    (timeZone) => {
      for (let day = 20_500; day < 20_900; day += 1) {
        const start = startOfDay(day, timeZone);
        expect([dayIn(start, timeZone), dayIn(new Date(start.getTime() - 1000), timeZone)]).toEqual([day, day - 1]);
      }
    },
  );

  test('the last day counts whole', () => {
    const days = readDays({ since: '2026-01-01', until: '2026-01-01' }, NOW, 'America/New_York');
    expect(periodOf(days)).toEqual({
      since: new Date('2026-01-01T05:00:00Z'),
      until: new Date('2026-01-02T05:00:00Z'),
    });
  });

  test('weeks begin on Monday', () => {
    expect(isoDay(mondayOf(0))).toBe('1969-12-29');
    expect(weeksOf(readDays({ since: '2026-11-01', until: '2026-11-09' }, NOW, 'UTC'))).toEqual([
      '2026-10-26',
      '2026-11-02',
      '2026-11-09',
    ]);
  });
});
