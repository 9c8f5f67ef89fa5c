import { describe, expect, test } from 'vitest';
import { parseFeedback } from '../../../src/cds-hooks/feedback.ts';
import { InvalidRequest } from '../../../src/errors.ts';

type Members = Record<string, unknown>;

const accepted: Members = {
  card: 'c1',
  outcome: 'accepted',
  acceptedSuggestions: [{ id: 's1' }],
  outcomeTimestamp: '2026-11-22T17:12:48Z',
};
const overridden: Members = { card: 'c1', outcome: 'overridden', outcomeTimestamp: '2026-11-22T17:12:48Z' };

const parseOne = (item: unknown) => parseFeedback({ feedback: [item] });
const listPointers = (item: unknown): string[] =>
  parseOne(item)
    .problems.map(({ pointer }) => pointer ?? '?')
    .sort();

describe('well-formed items', () => {
  test('[B-03] several at once, in order, without unknown members', () => {
    const { items, problems } = parseFeedback({
      feedback: [{ ...accepted, more: 1, acceptedSuggestions: [{ id: 's1', label: 'x' }] }, overridden],
    });
    expect(problems).toEqual([]);
    expect(items).toEqual([accepted, overridden]);
  });

  test('[B-07] the same card may be reported again', () => {
    expect(parseFeedback({ feedback: [accepted, accepted, overridden] }).items).toHaveLength(3);
  });

  test.each([
    [{ reason: { code: 'patient-refuses', system: 'http://example.org/x' } }],
    [{ reason: { code: 'patient-refuses' } }],
    [{ userComment: 'done elsewhere' }],
    [{ reason: { code: 'x' }, userComment: 'y'.repeat(10_000) }],
  ])('[B-05] [B-06] an override reason (%#)', (overrideReason) => {
    expect(parseOne({ ...overridden, overrideReason })).toEqual({
      items: [{ ...overridden, overrideReason }],
      problems: [],
    });
  });

  test('[B-06] an override reason where Epic has it; what else stands there stops nothing', () => {
    const told = { reason: { code: 'contraindicated', display: 'bad' }, userComment: 'done elsewhere' };
    const expected = { reason: { code: 'contraindicated' }, userComment: 'done elsewhere' };
    expect(parseOne({ ...overridden, overrideReasons: told }).items).toEqual([
      { ...overridden, overrideReason: expected },
    ]);
    const own = { userComment: 'the standard comes first' };
    expect(parseOne({ ...overridden, overrideReason: own, overrideReasons: told }).items).toEqual([
      { ...overridden, overrideReason: own },
    ]);
    for (const overrideReasons of [{ extension: { 'com.epic.reason': '45' } }, { reason: 'x' }, [told], null, 'x'])
      expect(parseOne({ ...overridden, overrideReasons })).toEqual({ items: [overridden], problems: [] });
  });

  test('[B-06] an empty comment and the display of a reason are left out', () => {
    const overrideReason = { reason: { code: 'x', display: 'X' }, userComment: '' };
    expect(parseOne({ ...overridden, overrideReason }).items).toEqual([
      { ...overridden, overrideReason: { reason: { code: 'x' } } },
    ]);
    expect(parseOne({ ...overridden, overrideReason: { userComment: '' } }).items).toEqual([overridden]);
  });

  test.each([
    '2026-11-22T17:12:48Z',
    '2026-11-22T17:12:48.022Z',
    '2026-11-22T17:12:48.123456789Z',
    '2026-11-22T17:12:48+00:00',
    '2026-11-22t17:12:48z',
    '2028-02-29T00:00:00Z',
    '2000-02-29T23:59:59Z',
  ])('[B-08] time stamp %s', (outcomeTimestamp) => {
    expect(parseOne({ ...accepted, outcomeTimestamp }).items).toHaveLength(1);
  });
});

describe('malformed items', () => {
  test.each([
    '2026-11-22',
    '2026-11-22T17:12Z',
    '2026-11-22T17:12:48',
    '2026-11-22T17:12:48+01:00',
    '2026-11-22 17:12:48Z',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:48Z\n',
    'yesterday',
    '',
    1763831568,
    null,
  ])('[B-08] time stamp %j', (outcomeTimestamp) => {
    expect(listPointers({ ...accepted, outcomeTimestamp })).toEqual(['/feedback/0/outcomeTimestamp']);
  });

  test.each([
    ['', null],
    ['', []],
    ['', 'x'],
    ['/card', { ...accepted, card: undefined }],
    ['/card', { ...accepted, card: '' }],
    ['/card', { ...accepted, card: 7 }],
    ['/outcome', { ...accepted, outcome: undefined }],
    ['/outcome', { ...accepted, outcome: 'ignored' }],
    ['/outcome', { ...accepted, outcome: null }],
    ['/acceptedSuggestions', { ...accepted, acceptedSuggestions: undefined }],
    ['/acceptedSuggestions', { ...accepted, acceptedSuggestions: [] }],
    ['/acceptedSuggestions', { ...accepted, acceptedSuggestions: {} }],
    ['/acceptedSuggestions', { ...accepted, acceptedSuggestions: Array(101).fill(1) }],
    ['/acceptedSuggestions/1', { ...accepted, acceptedSuggestions: [{ id: 'a' }, 's2'] }],
    ['/acceptedSuggestions/0/id', { ...accepted, acceptedSuggestions: [{}] }],
    ['/acceptedSuggestions/0/id', { ...accepted, acceptedSuggestions: [{ id: '' }] }],
    ['/overrideReason', { ...overridden, overrideReason: {} }],
    ['/overrideReason', { ...overridden, overrideReason: null }],
    ['/overrideReason', { ...overridden, overrideReason: 'x' }],
    ['/overrideReason/reason', { ...overridden, overrideReason: { reason: 'x' } }],
    ['/overrideReason/reason/code', { ...overridden, overrideReason: { reason: {} } }],
    ['/overrideReason/reason/system', { ...overridden, overrideReason: { reason: { code: 'x', system: 1 } } }],
    ['/overrideReason/userComment', { ...overridden, overrideReason: { userComment: 7 } }],
    ['/overrideReason/userComment', { ...overridden, overrideReason: { userComment: 'x'.repeat(10_001) } }],
    ['/extension', { ...overridden, extension: 1 }],
  ])('[B-04] [B-06] [B-09] [B-10] [N-25] at %s (%#)', (pointer, item) => {
    expect(listPointers(item)).toEqual([`/feedback/0${pointer}`]);
    expect(parseOne(item).items).toEqual([]);
  });

  test('[N-25] do not take the others with them', () => {
    const { items, problems } = parseFeedback({ feedback: [accepted, {}, overridden] });
    expect(items).toEqual([accepted, overridden]);
    expect(problems.map(({ pointer }) => pointer).sort()).toEqual([
      '/feedback/1/card',
      '/feedback/1/outcome',
      '/feedback/1/outcomeTimestamp',
    ]);
  });
});

test.each([
  [null],
  [[]],
  ['x'],
  [{}],
  [{ feedback: null }],
  [{ feedback: {} }],
  [{ feedback: [] }],
  [{ feedback: Array(1001).fill(accepted) }],
  [Object.create({ feedback: [accepted] })],
])('[B-03] [N-25] the body as a whole is refused (%#)', (body) => {
  expect(() => parseFeedback(body)).toThrow(InvalidRequest);
});

test('1000 items are taken', () => {
  expect(parseFeedback({ feedback: Array(1000).fill(accepted) }).items).toHaveLength(1000);
});
