import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, daysBefore, isoDay, parseFhirDate, yearsBetween } from '../../src/clinical/dates.ts';
import { convert } from '../../src/clinical/quantity.ts';
import type { Condition } from '../../src/knowledge/types.ts';
import { atLeast, atMost, type Range } from '../../src/logic/range.ts';
import { all, any, not, type Truth } from '../../src/logic/truth.ts';
import { evaluate, type Trace } from '../../src/rules/evaluate.ts';
import { aFact, aParameter, aReading, aSetting } from '../support/builders.ts';

const RUNS = { seed: 20_261_124, numRuns: 300 } as const;
const TRUTHS = ['holds', 'fails', 'unknown'] as const;
const truth = fc.constantFrom(...TRUTHS);
const truths = fc.array(truth, { maxLength: 6 });

/** Whether `after` is what `before` may become when more is known. */
const refines = (before: Truth, after: Truth): boolean => before === 'unknown' || before === after;
const more = (one: Truth) => (one === 'unknown' ? truth : fc.constant(one));

describe('laws of three-valued logic', () => {
  test('De Morgan', () => {
    fc.assert(
      fc.property(truths, (parts) => {
        expect(not(all(parts))).toBe(any(parts.map(not)));
        expect(not(any(parts))).toBe(all(parts.map(not)));
      }),
      RUNS,
    );
  });

  test('the order of parts does not matter, nor does saying one twice', () => {
    const shuffled = truths.chain((parts) =>
      fc.tuple(fc.constant(parts), fc.shuffledSubarray(parts, { minLength: parts.length, maxLength: parts.length })),
    );
    fc.assert(
      fc.property(shuffled, ([parts, others]) => {
        for (const combine of [all, any]) {
          expect(combine(others)).toBe(combine(parts));
          expect(combine([...parts, ...parts])).toBe(combine(parts));
        }
      }),
      RUNS,
    );
  });

  test('grouping does not matter', () => {
    fc.assert(
      fc.property(truths, truths, (a, b) => {
        expect(all([all(a), all(b)])).toBe(all([...a, ...b]));
        expect(any([any(a), any(b)])).toBe(any([...a, ...b]));
      }),
      RUNS,
    );
  });

  test('learning more never turns what was settled', () => {
    const learned = truths.chain((parts) => fc.tuple(fc.constant(parts), fc.tuple(...parts.map(more))));
    fc.assert(
      fc.property(learned, ([before, after]) => {
        for (const combine of [all, any]) expect(refines(combine(before), combine(after))).toBe(true);
      }),
      RUNS,
    );
  });
});

const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const range = fc.tuple(number, number).map(([a, b]): Range => ({ min: Math.min(a, b), max: Math.max(a, b) }));
const narrowing = fc
  .tuple(range, range)
  .filter(([wide, other]) => other.min <= wide.max && other.max >= wide.min)
  .map(([wide, other]): [Range, Range] => [
    wide,
    { min: Math.max(wide.min, other.min), max: Math.min(wide.max, other.max) },
  ]);

describe('laws of ranges', () => {
  test('narrowing never flips a comparison', () => {
    fc.assert(
      fc.property(narrowing, fc.integer({ min: -25, max: 25 }), ([wide, narrow], limit) => {
        expect(refines(atLeast(wide, limit), atLeast(narrow, limit))).toBe(true);
        expect(refines(atMost(wide, limit), atMost(narrow, limit))).toBe(true);
      }),
      RUNS,
    );
  });

  test('one number is compared as numbers are', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (value, limit) => {
        const one = { min: value, max: value };
        expect(atLeast(one, limit)).toBe(value >= limit ? 'holds' : 'fails');
        expect(atMost(one, limit)).toBe(value <= limit ? 'holds' : 'fails');
      }),
      RUNS,
    );
  });
});

describe('laws of conditions', () => {
  const leaf = fc.tuple(range, fc.integer({ min: -5, max: 5 })).map(([count, index]) => ({ count, index }));
  type Tree = { count: Range; index: number } | { op: 'all' | 'any' | 'none'; parts: Tree[] };
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({
        op: fc.constantFrom('all' as const, 'any' as const, 'none' as const),
        parts: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      }),
    ),
  }));
  const read = (fact: {
    reader: { read: (args: object, setting: ReturnType<typeof aSetting>) => ReturnType<typeof aReading> };
  }) => fact.reader.read({}, aSetting());
  const conditionOf = (node: Tree, narrow: (count: Range) => Range): Condition =>
    'op' in node
      ? { kind: 'group', op: node.op, parts: node.parts.map((part) => conditionOf(part, narrow)) }
      : {
          kind: 'test',
          fact: aFact('f', aReading({ count: narrow(node.count) })),
          of: 'count',
          is: 'at-least',
          limit: aParameter(node.index),
        };

  test('what unfolds comes to what was said', () => {
    const worth = (trace: Trace): Truth => {
      if (trace.kind !== 'group') return trace.truth;
      const parts = trace.parts.map(worth);
      if (trace.op === 'all') return all(parts);
      return trace.op === 'any' ? any(parts) : not(any(parts));
    };
    fc.assert(
      fc.property(tree, (node) => {
        const trace = evaluate(
          conditionOf(node, (count) => count),
          read,
        );
        expect(worth(trace)).toBe(trace.truth);
      }),
      RUNS,
    );
  });

  test('a condition over numbers known better comes to nothing else than it had settled', () => {
    fc.assert(
      fc.property(tree, fc.boolean(), (node, upwards) => {
        const before = evaluate(
          conditionOf(node, (count) => count),
          read,
        ).truth;
        const after = evaluate(
          conditionOf(node, ({ min, max }) => (upwards ? { min: max, max } : { min, max: min })),
          read,
        ).truth;
        expect(refines(before, after)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('laws of dates', () => {
  const day = fc.integer({ min: dayOf(1900, 1, 1), max: dayOf(2100, 12, 31) });

  test('a day written and read is the same day', () => {
    fc.assert(
      fc.property(day, (one) => void expect(parseFhirDate(isoDay(one))).toEqual({ min: one, max: one })),
      RUNS,
    );
  });

  test('a partial date holds every date it may mean', () => {
    fc.assert(
      fc.property(day, fc.constantFrom(4, 7), (one, length) => {
        const span = parseFhirDate(isoDay(one).slice(0, length));
        expect(span !== undefined && span.min <= one && one <= span.max).toBe(true);
      }),
      RUNS,
    );
  });

  test('going back longer never leads later', () => {
    const unit = fc.constantFrom('days' as const, 'weeks' as const, 'months' as const, 'years' as const);
    fc.assert(
      fc.property(day, fc.nat(200), fc.nat(50), unit, (one, value, extra, which) => {
        const less = daysBefore(one, { value, unit: which });
        expect(daysBefore(one, { value: value + extra, unit: which })).toBeLessThanOrEqual(less);
        expect(less).toBeLessThanOrEqual(one);
      }),
      RUNS,
    );
  });

  test('twelve months are a year', () => {
    fc.assert(
      fc.property(day, fc.nat(50), (one, value) => {
        expect(daysBefore(one, { value: value * 12, unit: 'months' })).toBe(daysBefore(one, { value, unit: 'years' }));
      }),
      RUNS,
    );
  });

  test('the age of a partial birth date holds the age of every birth date it may mean', () => {
    fc.assert(
      fc.property(day, fc.nat(40_000), fc.constantFrom(4, 7), (born, later, length) => {
        const exact = yearsBetween({ min: born, max: born }, born + later);
        const vague = yearsBetween(
          parseFhirDate(isoDay(born).slice(0, length)) ?? { min: born, max: born },
          born + later,
        );
        expect(vague.min <= exact.min && exact.max <= vague.max).toBe(true);
      }),
      RUNS,
    );
  });

  test('any text is a date or none, without a fault', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789-T:Z') }), fc.jsonValue()),
        (text) => {
          const span = parseFhirDate(text);
          expect(span === undefined || (Number.isInteger(span.min) && span.min <= span.max)).toBe(true);
        },
      ),
      RUNS,
    );
  });
});

test('converting keeps the order of values', () => {
  const units = [
    ['[degF]', 'Cel'],
    ['mg/dL', 'mg/L'],
    ['mmol/mol', '%'],
    ['Cel', 'Cel'],
  ] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...units),
      fc.integer({ min: -500, max: 500 }),
      fc.integer({ min: 1, max: 99 }),
      ([from, to], value, step) => {
        expect(convert(value, from, to)).toBeLessThan(convert(value + step, from, to) ?? Number.NaN);
      },
    ),
    RUNS,
  );
});
