import type { Reading } from '../facts/reading.ts';
import type { Condition, Criterion, FactInstance, Test } from '../knowledge/types.ts';
import { atLeast, atMost } from '../logic/range.ts';
import { holdsIf, not, type Truth } from '../logic/truth.ts';

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

/**
 * Judges a condition. Pure and total: no clock, no input or output, no throw. No more is read than decides; the rest of the reasoning
 * unfolds when it is looked at, and comes to the same.
 */
export function evaluate(condition: Condition, read: Read): Trace {
  if (condition.kind === 'test') return evaluateTest(condition, read);
  return condition.kind === 'criterion' ? new Unfolding(condition, read) : new UnfoldingGroup(condition, read);
}

/** What a condition comes to. */
export function truthOf(condition: Condition, read: Read): Truth {
  if (condition.kind === 'criterion') return truthOf(condition.body, read);
  if (condition.kind === 'test') {
    const truth = judge(condition, read(condition.fact));
    return truth === 'unknown' ? (condition.unknownAs ?? truth) : truth;
  }
  const { op, parts } = condition;
  const decisive = op === 'all' ? 'fails' : 'holds';
  let truth = not(decisive);
  for (const part of parts) {
    const one = truthOf(part, read);
    if (one === decisive) {
      truth = one;
      break;
    }
    if (one === 'unknown') truth = one;
  }
  return op === 'none' ? not(truth) : truth;
}

/** A test with what it read. */
export function evaluateTest(test: Test, read: Read): TestTrace {
  const reading = read(test.fact);
  const judged = judge(test, reading);
  const byDefault = judged === 'unknown' && test.unknownAs !== undefined;
  return { kind: 'test', test, reading, truth: byDefault ? (test.unknownAs ?? judged) : judged, byDefault };
}

class UnfoldingGroup implements GroupTrace {
  readonly kind = 'group';
  readonly op: GroupTrace['op'];
  readonly truth: Truth;
  readonly #conditions: readonly Condition[];
  readonly #read: Read;
  #parts: readonly Trace[] | undefined;

  constructor(group: Extract<Condition, { kind: 'group' }>, read: Read) {
    this.op = group.op;
    this.truth = truthOf(group, read);
    this.#conditions = group.parts;
    this.#read = read;
  }

  get parts(): readonly Trace[] {
    this.#parts ??= this.#conditions.map((part) => evaluate(part, this.#read));
    return this.#parts;
  }
}

class Unfolding implements CriterionTrace {
  readonly kind = 'criterion';
  readonly criterion: Criterion;
  readonly truth: Truth;
  readonly #read: Read;
  #body: Trace | undefined;

  constructor(criterion: Criterion, read: Read) {
    this.criterion = criterion;
    this.truth = truthOf(criterion.body, read);
    this.#read = read;
  }

  get body(): Trace {
    this.#body ??= evaluate(this.criterion.body, this.#read);
    return this.#body;
  }
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

/** Tests that say what they count as when they cannot be judged, of a criterion; undefined for those that stand in none. */
export interface Defaulting {
  readonly criterion: Criterion | undefined;
  readonly tests: readonly Test[];
}

const defaulting = new WeakMap<Condition, readonly Defaulting[]>();

/** Where a condition has such tests: those in no criterion, then criterion by criterion, the outer before the inner. Found once for each condition. */
export function defaultsIn(condition: Condition): readonly Defaulting[] {
  let known = defaulting.get(condition);
  if (known === undefined) {
    const own = condition.kind === 'criterion' ? [] : [{ criterion: undefined, tests: defaultsOf(condition) }];
    const inner = criteriaIn(condition).map((criterion) => ({ criterion, tests: defaultsOf(criterion.body) }));
    known = [...own, ...inner].filter(({ tests }) => tests.length > 0);
    defaulting.set(condition, known);
  }
  return known;
}

/** A criterion and every criterion inside it. */
export function criteriaIn(condition: Condition): Criterion[] {
  if (condition.kind === 'criterion') return [condition, ...criteriaIn(condition.body)];
  return condition.kind === 'group' ? condition.parts.flatMap(criteriaIn) : [];
}

/** Tests of a criterion itself, not those of criteria inside it, which are named on their own. */
function defaultsOf(condition: Condition): Test[] {
  if (condition.kind === 'test') return condition.unknownAs === undefined ? [] : [condition];
  return condition.kind === 'group' ? condition.parts.flatMap(defaultsOf) : [];
}
