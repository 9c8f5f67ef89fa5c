import { describe, expect, test } from 'vitest';
import { asThen, knowing } from '../../../src/simulate/known.ts';
import { type Moment, momentOf } from '../../../src/simulate/moment.ts';
import { aResource } from '../../support/builders.ts';

const NOBODY = new Set<string>();
const ORDER = momentOf('2026-03-05T10:00:00-05:00') as Moment;
const know = (type: string, more: object, named: ReadonlySet<string> = NOBODY) =>
  knowing(aResource(type, 'x', more as Record<string, unknown>), ORDER, named);

describe('what was known when the order was made', () => {
  test.each([
    ['a diagnosis of the day before', 'Condition', { recordedDate: '2026-03-04' }, 'known'],
    ['a diagnosis of the same day', 'Condition', { recordedDate: '2026-03-05' }, 'known'],
    ['a diagnosis recorded an hour later', 'Condition', { recordedDate: '2026-03-05T11:00:00-05:00' }, 'later'],
    ['the same hour in another zone', 'Condition', { recordedDate: '2026-03-05T15:00:00Z' }, 'known'],
    ['midnight, which says no time', 'Condition', { recordedDate: '2026-03-05T00:00:00Z' }, 'known'],
    [
      'one that began before and was recorded after',
      'Condition',
      { onsetDateTime: '2025-01-01', recordedDate: '2026-03-06' },
      'later',
    ],
    ['one with nothing but its onset', 'Condition', { onsetDateTime: '2025-01-01' }, 'known'],
    ['the month before', 'Condition', { recordedDate: '2026-02' }, 'known'],
    ['the same month', 'Condition', { recordedDate: '2026-03' }, 'later'],
    ['the same year', 'Condition', { recordedDate: '2026' }, 'later'],
    ['no date', 'Condition', {}, 'undated'],
    ['an allergy without a date', 'AllergyIntolerance', {}, 'known'],
    [
      'an updated resource, by its own date',
      'Condition',
      { recordedDate: '2026-03-01', meta: { lastUpdated: '2026-09-09' } },
      'known',
    ],
    ['a procedure of the day before', 'Procedure', { performedDateTime: '2026-03-04' }, 'known'],
    ['a procedure of the same day', 'Procedure', { performedDateTime: '2026-03-05' }, 'later'],
    ['a procedure an hour before', 'Procedure', { performedDateTime: '2026-03-05T14:00:00Z' }, 'known'],
    ['a procedure at the same minute', 'Procedure', { performedDateTime: '2026-03-05T15:00:00Z' }, 'later'],
    [
      'a result drawn before and issued after',
      'Observation',
      { effectiveDateTime: '2026-03-04', issued: '2026-03-06T08:00:00Z' },
      'later',
    ],
    [
      'an appointment made before for later',
      'Appointment',
      { created: '2026-03-01', start: '2026-04-01T09:00:00Z' },
      'known',
    ],
    ['an appointment that nobody knows when it was made', 'Appointment', { start: '2026-04-01T09:00:00Z' }, 'later'],
    ['a type without dates here', 'Binary', {}, 'undated'],
  ])('%s', (_, type, more, expected) => {
    expect(know(type, more)).toBe(expected);
  });

  test('what the order names was there, unless it was written down on a later day', () => {
    const named = new Set(['Condition/x']);
    expect(know('Condition', {}, named)).toBe('known');
    expect(know('Condition', { recordedDate: '2026-03' }, named)).toBe('known');
    expect(know('Condition', { recordedDate: '2026-03-05T11:00:00-05:00' }, named)).toBe('known');
    expect(know('Condition', { recordedDate: '2026-03-06' }, named)).toBe('later');
    expect(know('Condition', { onsetDateTime: '2025-01-01', recordedDate: '2026-09-09' }, named)).toBe('later');
  });

  test('an order with a day alone is compared by the day', () => {
    const day = momentOf('2026-03-05') as Moment;
    expect(knowing(aResource('Condition', 'x', { recordedDate: '2026-03-05T23:00:00Z' }), day, NOBODY)).toBe('known');
    expect(knowing(aResource('Procedure', 'x', { performedDateTime: '2026-03-05T01:00:00Z' }), day, NOBODY)).toBe(
      'later',
    );
  });
});

describe('what came later is taken back', () => {
  test.each([
    [
      'a diagnosis that is over since',
      'Condition',
      { abatementDateTime: '2026-06-01', clinicalStatus: { coding: [{ code: 'resolved' }] } },
      { clinicalStatus: { coding: [{ code: 'active' }] } },
    ],
    [
      'a diagnosis that was over',
      'Condition',
      { abatementDateTime: '2026-01-01' },
      { abatementDateTime: '2026-01-01' },
    ],
    [
      'a visit that ended later',
      'Encounter',
      { status: 'finished', period: { start: '2026-03-05', end: '2026-03-09' } },
      { status: 'in-progress', period: { start: '2026-03-05' } },
    ],
    [
      'a course that ended later',
      'Procedure',
      { status: 'completed', performedPeriod: { start: '2026-02-01', end: '2026-05-01' } },
      { status: 'in-progress', performedPeriod: { start: '2026-02-01' } },
    ],
    [
      'an appointment that was kept later',
      'Appointment',
      { status: 'fulfilled', start: '2026-04-01' },
      { status: 'booked', start: '2026-04-01' },
    ],
    [
      'an appointment that was kept',
      'Appointment',
      { status: 'fulfilled', start: '2026-02-01' },
      { status: 'fulfilled', start: '2026-02-01' },
    ],
    [
      'a plan that was carried out later',
      'CarePlan',
      {
        status: 'completed',
        period: { start: '2026-02-01', end: '2026-06-01' },
        activity: [{ detail: { status: 'completed', scheduledPeriod: { start: '2026-04-01' } } }, { reference: {} }],
      },
      {
        status: 'active',
        period: { start: '2026-02-01' },
        activity: [{ detail: { status: 'scheduled', scheduledPeriod: { start: '2026-04-01' } } }, { reference: {} }],
      },
    ],
    [
      'the time of the last change',
      'Observation',
      { meta: { lastUpdated: '2026-09-09', versionId: '2' } },
      { meta: { versionId: '2' } },
    ],
  ])('%s', (_, type, now, then) => {
    expect(asThen(aResource(type, 'x', now), ORDER)).toEqual(aResource(type, 'x', then));
  });

  test('a death', () => {
    expect(asThen({ resourceType: 'Patient', id: 'x', deceasedDateTime: '2026-09-09' }, ORDER)).toEqual({
      resourceType: 'Patient',
      id: 'x',
    });
  });
});
