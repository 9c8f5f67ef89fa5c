import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { Condition, FactInstance } from '../../src/knowledge/types.ts';
import type { Decision, Judgement } from '../../src/rules/decide.ts';
import { evaluate, type Trace, testsOf } from '../../src/rules/evaluate.ts';
import { draft, judge, type Row, rows, type States, slicesOf } from './charts.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
const NAMES = [...knowledge.slices.keys()];

const state = fc.constantFrom(undefined, undefined, 'partial' as const, 'unavailable' as const);
/** How much of each slice is read. A required slice may be cut off, but is there: without it the call is a 412. */
const states: fc.Arbitrary<States> = fc
  .array(state, { minLength: NAMES.length, maxLength: NAMES.length })
  .map((chosen) =>
    Object.fromEntries(
      NAMES.flatMap((name, index) => {
        const one = chosen[index];
        const isRequired = knowledge.slices.get(name)?.required === true;
        return one === undefined || name === 'patient' ? [] : [[name, isRequired ? 'partial' : one]];
      }),
    ),
  );

/** Passes what could not be read (`after-unknown`). */
const isBent = ({ args, needs }: FactInstance): boolean => args['after-unknown'] !== undefined || needs.some(isBent);

/** No test in it has a way out of unknown. */
const isPlain = (trace: Trace): boolean =>
  testsOf(trace).every(({ test: { unknownAs, fact } }) => unknownAs === undefined && !isBent(fact));

const conditionsOf = ({ card, silence, caps }: Judgement): Condition[] => [
  card.when,
  ...silence.flatMap((trace) => (trace.kind === 'criterion' ? [trace.criterion] : [])),
  ...caps.flatMap((trace) => (trace.kind === 'criterion' ? [trace.criterion] : [])),
  ...card.outcomes.flatMap(({ when }) => when ?? []),
];

/** Every condition of a card, with every criterion and test inside it, and what each came to. */
function everything(judgement: Judgement): { name: string; trace: Trace }[] {
  const walk = (trace: Trace, name: string): { name: string; trace: Trace }[] => {
    if (trace.kind === 'test')
      return [{ name: `${name} > ${trace.test.fact.name} ${trace.test.of} ${trace.test.is}`, trace }];
    if (trace.kind === 'criterion') return [{ name, trace }, ...walk(trace.body, `${name} > ${trace.criterion.name}`)];
    return [{ name, trace }, ...trace.parts.flatMap((part) => walk(part, name))];
  };
  return conditionsOf(judgement).flatMap((condition) => walk(evaluate(condition, judgement.read), judgement.card.id));
}

const flips = (before: Decision, after: Decision): { flipped: string[]; settled: number } => {
  const flipped: string[] = [];
  let settled = 0;
  for (const [index, judgement] of before.judgements.entries()) {
    const whole = after.judgements[index];
    const known = whole === undefined ? [] : everything(whole);
    for (const [at, { name, trace }] of everything(judgement).entries()) {
      if (trace.truth === 'unknown' || !isPlain(trace)) continue;
      settled += 1;
      if (known[at]?.trace.truth !== trace.truth)
        flipped.push(`${name}: ${trace.truth}, then ${known[at]?.trace.truth}`);
    }
  }
  return { flipped, settled };
};

const seen = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
const isSeen = (chosen: readonly boolean[]) => (_: Row, index: number) => chosen[index % chosen.length] === true;

describe('learning more never flips a verdict', () => {
  test('a chart read in part, beside the same chart read whole', () => {
    let total = 0;
    fc.assert(
      fc.property(rows, states, draft, seen, (all, given, order, chosen) => {
        const before = judge(knowledge, slicesOf(knowledge, all, given, isSeen(chosen)), order);
        const after = judge(knowledge, slicesOf(knowledge, all), order);
        const { flipped, settled } = flips(before, after);
        total += settled;
        expect(flipped).toEqual([]);
      }),
      { seed: 20_261_124, numRuns: 200 },
    );
    expect(total).toBeGreaterThan(1000);
  });
});
