import { describe, expect, test } from 'vitest';
import type { Reading } from '../../../src/facts/reading.ts';
import type { Condition, FactInstance, Test } from '../../../src/knowledge/types.ts';
import type { Truth } from '../../../src/logic/truth.ts';
import { deciding, evaluate, testsOf } from '../../../src/rules/evaluate.ts';
import { aCriterion, aFact, aParameter, aReading, aSetting, aTest } from '../../support/builders.ts';

const INFINITY = Number.POSITIVE_INFINITY;
const read = (fact: FactInstance): Reading => fact.reader.read(fact.args, aSetting());
const truth = (condition: Condition): Truth => evaluate(condition, read).truth;
const group = (op: 'all' | 'any' | 'none', ...parts: Condition[]): Condition => ({ kind: 'group', op, parts });

const judged = (more: Partial<Test>, reading: Partial<Reading>): Truth =>
  truth({ ...aTest('holds'), fact: aFact('f', aReading(reading)), ...more });

describe('a test of whether something is there', () => {
  test.each([
    ['present', 1, 1, 'holds'],
    ['present', 2, INFINITY, 'holds'],
    ['present', 0, 1, 'unknown'],
    ['present', 0, INFINITY, 'unknown'],
    ['present', 0, 0, 'fails'],
    ['missing', 0, 0, 'holds'],
    ['missing', 0, 1, 'unknown'],
    ['missing', 1, 1, 'fails'],
    ['missing', 1, INFINITY, 'fails'],
  ] as const)('is: %s, of %d to %d entries: %s', (is, min, max, expected) => {
    expect(judged({ is }, { count: { min, max } })).toBe(expected);
  });

  test.each([
    ['read whole', {}, 'holds'],
    ['read whole, with names', { names: { certain: ['a'], open: false } }, 'holds'],
    ['not read', { unread: ['visits'] }, 'unknown'],
    ['names left open', { names: { certain: [], open: true } }, 'unknown'],
  ] as const)('is: readable, %s: %s', (_, reading, expected) => {
    expect(judged({ is: 'readable' }, reading)).toBe(expected);
  });
});

describe('a test of a number', () => {
  test.each([
    ['at-least', 5, 5, 'holds'],
    ['at-least', 4, 4, 'fails'],
    ['at-least', 4, 6, 'unknown'],
    ['at-most', 5, 5, 'holds'],
    ['at-most', 6, 6, 'fails'],
    ['at-most', 4, INFINITY, 'unknown'],
    ['above', 5, 5, 'fails'],
    ['above', 6, 6, 'holds'],
    ['above', 6, INFINITY, 'holds'],
    ['above', 5, 6, 'unknown'],
    ['below', 5, 5, 'fails'],
    ['below', 4, 4, 'holds'],
    ['below', -INFINITY, 4, 'holds'],
    ['below', 4, 5, 'unknown'],
  ] as const)('is: %s 5, of %d to %d: %s', (is, min, max, expected) => {
    const limit = aParameter(5);
    expect(judged({ is, limit, of: 'weeks' }, { measures: { weeks: { min, max } } })).toBe(expected);
    expect(judged({ is, limit, of: 'count' }, { count: { min, max } })).toBe(expected);
  });

  test.each(['at-least', 'at-most', 'above', 'below'] as const)('is: %s, of nothing measured: unknown', (is) => {
    expect(judged({ is, limit: aParameter(5), of: 'weeks' }, { measures: {} })).toBe('unknown');
  });
});

describe('a test of names', () => {
  test.each([
    [['b'], false, 'holds'],
    [['c', 'a'], true, 'holds'],
    [['c'], false, 'fails'],
    [['c'], true, 'unknown'],
    [[], false, 'fails'],
    [[], true, 'unknown'],
  ] as const)('one of a, b, where there is %j and open is %s: %s', (certain, open, expected) => {
    expect(judged({ is: 'one-of', values: ['a', 'b'] }, { names: { certain, open } })).toBe(expected);
  });

  test('no names given: unknown', () => {
    expect(judged({ is: 'one-of', values: ['a'] }, {})).toBe('unknown');
  });
});

describe('unknown-as', () => {
  test.each([
    ['unknown', 'holds', 'holds', true],
    ['unknown', 'fails', 'fails', true],
    ['unknown', undefined, 'unknown', false],
    ['holds', 'fails', 'holds', false],
    ['fails', 'holds', 'fails', false],
  ] as const)('a test that %s, unknown as %s: %s, by default %s', (inner, unknownAs, expected, byDefault) => {
    const trace = evaluate(aTest(inner, 'f', unknownAs === undefined ? {} : { unknownAs }), read);
    expect(trace).toMatchObject({ truth: expected, byDefault });
  });
});

const [H, F, U] = (['holds', 'fails', 'unknown'] as const).map((one) => aTest(one, one)) as [Test, Test, Test];

describe('groups and criteria', () => {
  test.each([
    ['all', [H, H], 'holds'],
    ['all', [H, U], 'unknown'],
    ['all', [U, F], 'fails'],
    ['any', [F, H, U], 'holds'],
    ['any', [F, U], 'unknown'],
    ['any', [F, F], 'fails'],
    ['none', [F, F], 'holds'],
    ['none', [F, U], 'unknown'],
    ['none', [H, U], 'fails'],
  ] as const)('%s of several', (op, parts, expected) => {
    expect(truth(group(op, ...parts))).toBe(expected);
  });

  test('a criterion comes to what its body comes to', () => {
    expect(truth(aCriterion('unknown'))).toBe('unknown');
    expect(truth({ ...aCriterion('holds'), body: group('none', H) })).toBe('fails');
  });

  test('no more is read than decides', () => {
    const seen: string[] = [];
    const parts = [aTest('fails', 'a'), group('any', aTest('holds', 'b'), aTest('unknown', 'c'))];
    const noting = (fact: FactInstance): Reading => {
      seen.push(fact.name);
      return read(fact);
    };
    expect(evaluate(group('all', ...parts), noting).truth).toBe('fails');
    expect(seen).toEqual(['a']);
    evaluate(group('any', ...parts), noting);
    expect(seen).toEqual(['a', 'a', 'b']);
  });

  test('no branch is cut short when it is looked at: a trace also says why not', () => {
    const trace = evaluate(group('all', F, H, group('any', H, U)), read);
    expect(testsOf(trace).map(({ truth: one }) => one)).toEqual(['fails', 'holds', 'holds', 'unknown']);
  });
});

describe('which tests decided', () => {
  const a = (one: Truth, name: string) => aTest(one, name);

  test.each([
    ['all of an all that holds', group('all', a('holds', 'a'), a('holds', 'b')), ['a', 'b']],
    [
      'the first that fails of an all that fails',
      group('all', a('unknown', 'a'), a('fails', 'b'), a('fails', 'c')),
      ['b'],
    ],
    [
      'the first that is unknown of an all that is',
      group('all', a('holds', 'a'), a('unknown', 'b'), a('unknown', 'c')),
      ['b'],
    ],
    [
      'the first that holds of an any that holds',
      group('any', a('fails', 'a'), a('holds', 'b'), a('holds', 'c')),
      ['b'],
    ],
    ['all of an any that fails', group('any', a('fails', 'a'), a('fails', 'b')), ['a', 'b']],
    ['the first that is unknown of an any that is', group('any', a('fails', 'a'), a('unknown', 'b')), ['b']],
    ['all of a none that holds', group('none', a('fails', 'a'), a('fails', 'b')), ['a', 'b']],
    [
      'the first that holds of a none that fails',
      group('none', a('fails', 'a'), a('holds', 'b'), a('holds', 'c')),
      ['b'],
    ],
    [
      'and so on downwards',
      group('all', a('holds', 'a'), group('any', a('fails', 'b'), aCriterion('holds', 'k', { body: a('holds', 'c') }))),
      ['a', 'c'],
    ],
  ])('%s', (_, condition, expected) => {
    expect(deciding(evaluate(condition, read)).map(({ test: { fact } }) => fact.name)).toEqual(expected);
  });
});
