import { describe, expect, test } from 'vitest';
import { parseFhirDate } from '../../../src/clinical/dates.ts';
import type { Reading } from '../../../src/facts/reading.ts';
import type { FactInstance, Headings, Line, Piece, Template } from '../../../src/knowledge/types.ts';
import { type Filling, fillLine, fillLines, fillMarkdown, fillPlain } from '../../../src/render/wording.ts';
import { aFact, aReading, aSetting, aSource, aTest, TODAY } from '../../support/builders.ts';

const INFINITY = Number.POSITIVE_INFINITY;
const headings: Headings = {
  chart: 'Chart:',
  evidence: 'Evidence:',
  unchecked: 'Unchecked:',
  unread: 'unread',
  unclear: 'unclear',
  unrecorded: 'unrecorded',
  why: 'Why:',
  atLeast: 'at least',
  atMost: 'at most',
  projectChoice: 'choice of this project',
  unverified: 'not verified',
  siteChoice: 'set by this site',
};
const filling: Filling = {
  read: (fact: FactInstance): Reading => fact.reader.read(fact.args, aSetting()),
  ordered: 'hip *injection*\n[x](http://y)',
  language: { locale: 'en', headings, words: new Map() },
  today: TODAY,
};
const text = (words: string): Piece => ({ kind: 'text', text: words });
const fact = (of: string, reading: Partial<Reading>, plural?: [string, string]): Piece => ({
  kind: 'fact',
  fact: aFact('f', aReading(reading)),
  of,
  ...(plural && { plural }),
});
const plainly = (...template: Template) => fillPlain(template, filling);

describe('numbers', () => {
  const number = (value: number): Piece => ({ kind: 'number', value, plural: ['week', 'weeks'] });

  test.each([
    [0, '0 weeks'],
    [1, '1 week'],
    [2, '2 weeks'],
    [1.5, '1.5 weeks'],
    [21, '21 weeks'],
    [1234, '1,234 weeks'],
    [7.25, '7.3 weeks'],
  ])('%d is "%s"', (value, expected) => {
    expect(plainly(number(value))).toBe(expected);
  });

  test('nothing has no sign, whichever way it is written, and whatever was written before', () => {
    const said = [-0, 0, -0].map((value) => plainly({ kind: 'number', value }));
    expect(said).toEqual(['0', '0', '0']);
  });

  test('without a plural the number stands alone', () => {
    expect(plainly({ kind: 'number', value: 1 })).toBe('1');
  });
});

describe('days', () => {
  test.each([
    ['today', undefined, '2026-11-24'],
    ['days ahead', { value: 14, unit: 'days' }, '2026-12-08'],
    ['weeks ahead', { value: 2, unit: 'weeks' }, '2026-12-08'],
    ['months ahead, by the calendar', { value: 3, unit: 'months' }, '2027-02-24'],
  ] as const)('%s', (_, ahead, expected) => {
    expect(plainly({ kind: 'day', ...(ahead && { ahead }) })).toBe(expected);
  });
});

describe('what a fact says', () => {
  const range = (min: number, max: number) => ({ measures: { weeks: { min, max } } });

  test.each([
    ['one number', 'weeks', range(14, 14), '14 weeks'],
    ['one', 'weeks', range(1, 1), '1 week'],
    ['a lower bound', 'weeks', range(6, INFINITY), 'at least 6 weeks'],
    ['a lower bound of one', 'weeks', range(1, 9), 'at least 1 week'],
    ['a count', 'count', { count: { min: 2, max: 2 } }, '2 weeks'],
    ['a count of at least', 'count', { count: { min: 2, max: INFINITY } }, 'at least 2 weeks'],
    ['nothing measured', 'weeks', {}, ''],
  ])('%s', (_, of, reading, expected) => {
    expect(plainly(fact(of, reading, ['week', 'weeks']))).toBe(expected);
  });

  test.each([
    ['2026-11-24', '24 Nov 2026'],
    ['2026-01-01', '1 Jan 2026'],
    ['2026-11', 'Nov 2026'],
    ['2026-02', 'Feb 2026'],
    ['2024-02', 'Feb 2024'],
    ['2026-12', 'Dec 2026'],
    ['2026', '2026'],
  ])('the day %s is "%s"', (date, expected) => {
    const last = parseFhirDate(date) ?? { min: 0, max: 0 };
    expect(plainly(fact('last', { days: { last } }))).toBe(expected);
  });

  test.each([
    ['a label', 'label', { label: 'gluteal tendinopathy' }, 'gluteal tendinopathy'],
    ['its own name, where it has no label', 'label', {}, 'the f'],
    ['names', 'names', { names: { certain: ['left', 'right'], open: false } }, 'left and right'],
    ['no names', 'names', {}, ''],
    ['a day there is none of', 'last', {}, ''],
  ])('%s', (_, of, reading, expected) => {
    expect(plainly(fact(of, reading))).toBe(expected);
  });
});

describe('what a piece without words leaves behind is tidied', () => {
  const none = fact('names', {});
  test.each([
    ['in the middle', [text('right '), none, text(' pain')], 'right pain'],
    ['at the beginning', [none, text(' pain')], 'pain'],
    ['at the end', [text('pain '), none], 'pain'],
    ['before a comma', [text('pain '), none, text(', left')], 'pain, left'],
    ['before a full stop', [text('pain '), none, text('.')], 'pain.'],
    ['before a semicolon', [text('pain '), none, text('; more')], 'pain; more'],
    ['alone', [none], ''],
  ])('%s', (_, template, expected) => {
    expect(plainly(...template)).toBe(expected);
    expect(fillMarkdown(template, filling)).toBe(expected);
  });
});

describe("the client's words and ours", () => {
  test('what was ordered is one line in plain text', () => {
    expect(plainly({ kind: 'order' })).toBe('hip *injection* [x](http://y)');
  });

  test('and inert in Markdown', () => {
    expect(fillMarkdown([{ kind: 'order' }], filling)).toBe('hip \\*injection\\* \\[x\\](http:\u2060//y)');
  });

  test.each([
    ['with an address', aSource, '[A source](https://source.example)', 'A source'],
    ['without one', { id: 's', label: 'A book', says: '', figures: {} }, 'A book', 'A book'],
  ])('a source %s', (_, source, markdown, plain) => {
    expect(fillMarkdown([{ kind: 'cite', source }], filling)).toBe(markdown);
    expect(plainly({ kind: 'cite', source })).toBe(plain);
  });

  test('our own Markdown is kept', () => {
    expect(fillMarkdown([text('**so**')], filling)).toBe('**so**');
  });
});

describe('lines', () => {
  const forms = { known: [text('known')], absent: [text('absent')], unavailable: [text('unavailable')] };
  const about = (count: Reading['count'], more: object = {}): Line => ({
    kind: 'fact',
    fact: aFact('f', aReading({ count })),
    ...forms,
    ...more,
  });

  test.each([
    ['something there', { min: 1, max: 1 }, 'known'],
    ['something there, maybe more', { min: 1, max: INFINITY }, 'known'],
    ['nothing there', { min: 0, max: 0 }, 'absent'],
    ['nobody can tell', { min: 0, max: 1 }, 'unavailable'],
  ])('%s: the form for it', (_, count, expected) => {
    expect(fillLine(about(count), filling)).toBe(expected);
  });

  test('a form that is not given prints nothing', () => {
    const line: Line = { kind: 'fact', fact: aFact('f', aReading({ count: { min: 0, max: 0 } })), known: [text('x')] };
    expect(fillLine(line, filling)).toBeUndefined();
  });

  test.each([
    ['holds', 'said'],
    ['fails', undefined],
    ['unknown', undefined],
  ] as const)('one whose condition %s', (truth, expected) => {
    expect(fillLine({ kind: 'say', say: [text('said')], when: aTest(truth) }, filling)).toBe(expected);
    expect(fillLine(about({ min: 1, max: 1 }, { when: aTest(truth), known: [text('said')] }), filling)).toBe(expected);
  });

  test('those that print something stand beside each other', () => {
    const say = (words: string): Line => ({ kind: 'say', say: [text(words)] });
    expect(fillLines([say('One.'), say(''), say('Two.')], filling)).toBe('One. Two.');
    expect(fillLines([], filling)).toBe('');
  });
});
