import { describe, expect, test } from 'vitest';
import { dayOf, parseFhirDate } from '../../../src/clinical/dates.ts';
import { moveStory } from '../../../src/clinical/story.ts';
import { allPatients, readPatient } from '../../support/fixtures.ts';

const STORY_DAY = dayOf(2026, 11, 24);

describe('a story is moved to another day', () => {
  test.each([
    ['a date', { birthDate: '1972-05-04' }, 100, { birthDate: '1972-08-12' }],
    ['over a leap day', { onsetDateTime: '2024-02-28' }, 2, { onsetDateTime: '2024-03-01' }],
    ['a time, which stays', { start: '2026-11-24T23:30:00-05:00' }, -24, { start: '2026-10-31T23:30:00-05:00' }],
    ['a month', { start: '2026-03' }, 30, { start: '2026-04' }],
    ['a month by less than half of it', { start: '2026-03' }, 14, { start: '2026-03' }],
    ['a year', { recordedDate: '2014' }, 365, { recordedDate: '2015' }],
    ['dates in a list', { event: ['2026-11-24', '2026'] }, 365, { event: ['2027-11-24', '2027'] }],
    ['deep inside', { a: [{ period: { end: '2026-11-24' } }] }, 1, { a: [{ period: { end: '2026-11-25' } }] }],
    ['no code of four digits', { code: '1988', valueString: '2014' }, 400, { code: '1988', valueString: '2014' }],
    ['no LOINC code', { code: '1988-5' }, 400, { code: '1988-5' }],
    ['no impossible date', { start: '2026-02-31' }, 400, { start: '2026-02-31' }],
    ['nothing that is no text', { a: null, b: 2026, c: true }, 400, { a: null, b: 2026, c: true }],
  ])('%s', (_, given, days, expected) => {
    expect(moveStory(given, STORY_DAY + days)).toEqual(expected);
  });

  test('on its own day nothing changes', () => {
    for (const name of allPatients()) expect(moveStory(readPatient(name), STORY_DAY)).toEqual(readPatient(name));
  });

  test('every date of the fixtures moves, and nothing else', () => {
    const [stayed, moved] = [new Set<string>(), new Set<string>()];
    for (const name of allPatients()) {
      const before = stringsIn(readPatient(name));
      const after = stringsIn(moveStory(readPatient(name), dayOf(2036, 11, 24)));
      for (const [index, [element, text]] of before.entries()) {
        if (after[index]?.[1] !== text) moved.add(/^\d{4}(?:-\d\d){0,2}(?:T.*)?$/.test(text) ? 'a date' : element);
        else if (parseFhirDate(text) !== undefined) stayed.add(element);
      }
    }
    expect([...moved]).toEqual(['a date']);
    expect([...stayed].sort()).toEqual(['code']);
  });
});

function stringsIn(value: unknown, name = ''): [element: string, text: string][] {
  if (typeof value === 'string') return [[name, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => stringsIn(one, Array.isArray(value) ? name : key));
}
