import { describe, expect, test } from 'vitest';
import { atLeast, atMost, exactly } from '../../../src/logic/range.ts';

const INFINITY = Number.POSITIVE_INFINITY;

describe('a number known to lie between two bounds', () => {
  test.each([
    [5, 5, 5, 'holds', 'holds'],
    [4, 4, 5, 'fails', 'holds'],
    [6, 6, 5, 'holds', 'fails'],
    [3, 5, 5, 'unknown', 'holds'],
    [5, 8, 5, 'holds', 'unknown'],
    [3, 8, 5, 'unknown', 'unknown'],
    [0, INFINITY, 5, 'unknown', 'unknown'],
    [6, INFINITY, 5, 'holds', 'fails'],
    [-INFINITY, 4, 5, 'fails', 'holds'],
    [INFINITY, INFINITY, 5, 'holds', 'fails'],
  ] as const)('%d to %d, against %d: at least %s, at most %s', (min, max, limit, least, most) => {
    expect([atLeast({ min, max }, limit), atMost({ min, max }, limit)]).toEqual([least, most]);
  });

  test('one number is both its bounds', () => {
    expect(exactly(3)).toEqual({ min: 3, max: 3 });
  });
});
