import type { Reading } from '../facts/reading.ts';
import type { Condition, Criterion, FactInstance, Test } from '../knowledge/types.ts';
import { atLeast, atMost } from '../logic/range.ts';
import { all, any, holdsIf, none, not, type Truth } from '../logic/truth.ts';

export interface TestTrace {
  readonly kind: 'test';
  readonly test: Test;
  readonly reading: Reading;
  readonly truth: Truth;
  /** The test could not be judged and counted as its `unknown-as` says. */
  readonly byDefault: boolean;
}

export interface CriterionTrace {
  readonly kind: 'criterion';
  readonly criterion: Criterion;
  readonly body: Trace;
  readonly truth: Truth;
}

export interface GroupTrace {
  readonly kind: 'group';
  readonly op: 'all' | 'any' | 'none';
  readonly parts: readonly Trace[];
  readonly truth: Truth;
}

/** A condition with what every part of it read and came to. Every branch is there, because a trace also answers "why not". */
export type Trace = TestTrace | GroupTrace | CriterionTrace;

/** Reads a fact; the same fact gives the same reading throughout a call. */
export type Read = (fact: FactInstance) => Reading;

const COMBINE = { all, any, none } as const;

/** Judges a condition and keeps the whole reasoning. Pure and total: no clock, no input or output, no throw. */
export function evaluate(condition: Condition, read: Read): Trace {
  if (condition.kind === 'test') {
    const reading = read(condition.fact);
    const judged = judge(condition, reading);
    const byDefault = judged === 'unknown' && condition.unknownAs !== undefined;
    return {
      kind: 'test',
      test: condition,
      reading,
      truth: byDefault ? (condition.unknownAs ?? judged) : judged,
      byDefault,
    };
  }
  if (condition.kind === 'criterion') {
    const body = evaluate(condition.body, read);
    return { kind: 'criterion', criterion: condition, body, truth: body.truth };
  }
  const parts = condition.parts.map((part) => evaluate(part, read));
  return { kind: 'group', op: condition.op, parts, truth: COMBINE[condition.op](parts.map(({ truth }) => truth)) };
}

function judge({ is, of, limit, values = [] }: Test, reading: Reading): Truth {
  if (is === 'present') return atLeast(reading.count, 1);
  if (is === 'missing') return atMost(reading.count, 0);
  if (is === 'readable') return reading.unread.length === 0 && reading.names?.open !== true ? 'holds' : 'unknown';
  if (is === 'one-of') return isOneOf(reading, values);
  const range = of === 'count' ? reading.count : reading.measures[of];
  if (range === undefined || limit === undefined) return 'unknown';
  switch (is) {
    case 'at-least':
      return atLeast(range, limit.value);
    case 'at-most':
      return atMost(range, limit.value);
    case 'above':
      return not(atMost(range, limit.value));
    case 'below':
      return not(atLeast(range, limit.value));
  }
}

/** Not finding a name proves nothing when there may be others that could not be read. */
function isOneOf({ names }: Reading, values: readonly string[]): Truth {
  if (names === undefined) return 'unknown';
  if (names.certain.some((name) => values.includes(name))) return 'holds';
  return names.open ? 'unknown' : holdsIf(false);
}

/**
 * The tests that decided: of an `all` that holds every part, of an `any` that holds the first part that holds, of an `all` that fails the
 * first that fails, and so on downwards.
 */
export function deciding(trace: Trace): TestTrace[] {
  if (trace.kind === 'test') return [trace];
  if (trace.kind === 'criterion') return deciding(trace.body);
  const { op, parts, truth } = trace;
  const wanted: Truth = op === 'none' ? not(truth) : truth;
  const needsAll = wanted !== 'unknown' && (op === 'all') === (wanted === 'holds');
  const matching = parts.filter((part) => part.truth === wanted);
  return (needsAll ? matching : matching.slice(0, 1)).flatMap(deciding);
}

/** Every test of a trace. */
export function testsOf(trace: Trace): TestTrace[] {
  if (trace.kind === 'test') return [trace];
  return trace.kind === 'criterion' ? testsOf(trace.body) : trace.parts.flatMap(testsOf);
}
