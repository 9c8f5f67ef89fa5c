import { describe, expect, test } from 'vitest';
import { all, any, holdsIf, not, type Truth } from '../../../src/logic/truth.ts';

const [H, F, U] = ['holds', 'fails', 'unknown'] as const;

const PAIRS: [Truth, Truth, Truth, Truth, Truth][] = [
  // a, b, all, any, none
  [H, H, H, H, F],
  [H, F, F, H, F],
  [H, U, U, H, F],
  [F, H, F, H, F],
  [F, F, F, F, H],
  [F, U, F, U, U],
  [U, H, U, H, F],
  [U, F, F, U, U],
  [U, U, U, U, U],
];

describe('three-valued logic', () => {
  test.each(PAIRS)('%s and %s: all is %s, any is %s, none is %s', (a, b, both, either, neither) => {
    expect([all([a, b]), any([a, b]), not(any([a, b]))]).toEqual([both, either, neither]);
  });

  test.each([
    [H, F],
    [F, H],
    [U, U],
  ])('not %s is %s', (truth, opposite) => {
    expect(not(truth)).toBe(opposite);
  });

  test('of no parts, all and none hold and any fails', () => {
    expect([all([]), any([]), not(any([]))]).toEqual([H, F, H]);
  });

  test.each([
    [true, H],
    [false, F],
  ])('a claim that is %s %s', (claim, truth) => {
    expect(holdsIf(claim)).toBe(truth);
  });
});
