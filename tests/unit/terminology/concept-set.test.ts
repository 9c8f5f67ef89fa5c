import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  both,
  contains,
  has,
  indexesOf,
  meets,
  setOfIndexes,
  union,
  without,
} from '../../../src/terminology/concept-set.ts';

const SIZE = 200;
const some = fc.uniqueArray(fc.nat(SIZE - 1), { maxLength: 40 });

test('sets of concepts are sets', () => {
  fc.assert(
    fc.property(some, some, fc.nat(SIZE - 1), (first, second, index) => {
      const [a, b] = [setOfIndexes(first, SIZE), setOfIndexes(second, SIZE)];
      const sorted = (indexes: readonly number[]) => [...new Set(indexes)].sort((x, y) => x - y);
      expect(indexesOf(a)).toEqual(sorted(first));
      expect(has(a, index)).toBe(first.includes(index));
      expect(indexesOf(union(a, b))).toEqual(sorted([...first, ...second]));
      expect(indexesOf(both(a, b))).toEqual(sorted(first.filter((one) => second.includes(one))));
      expect(indexesOf(without(a, b))).toEqual(sorted(first.filter((one) => !second.includes(one))));
      expect(meets(a, b)).toBe(first.some((one) => second.includes(one)));
      expect(contains(a, b)).toBe(second.every((one) => first.includes(one)));
    }),
  );
});
