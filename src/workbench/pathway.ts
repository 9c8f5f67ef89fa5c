import { stateOf } from '../facts/reading.ts';
import type { CardDefinition, FactInstance, Line } from '../knowledge/types.ts';
import type { Decision, Judgement } from '../rules/decide.ts';
import { type CriterionTrace, type Trace, testsOf } from '../rules/evaluate.ts';
import type { Seen, Step, StepName } from './explanation.ts';
import { stepOf } from './ladder.ts';

/** Facts of the pack, by name or by the beginning of it, that tell of a rung. Facts that a pack lacks leave the rung unknown. */
const TOLD_BY: readonly (readonly [StepName, RegExp])[] = [
  ['education', /^care\.home-programme/],
  ['exercise', /^care\.(?:physiotherapy|carriers)/],
  ['analgesia', /^(?:care\.analgesics|nsaid\.active|nsaid\.tried)$/],
  ['infiltration', /^(?:injections\.(?:epidural|hip|steroid-any-site)|sessions\.year|blocks\.any)$/],
  ['plasma', /^plasma\./],
  ['surgery', /^operation\./],
];
/** Criteria that say that a rung has been climbed. */
const DONE_BY: Readonly<Partial<Record<StepName, RegExp>>> = {
  education: /^(?:home-programme|adequate-care)$/,
  exercise: /^(?:physiotherapy-course|adequate-care)$/,
};

/** Where the patient stands on the ladder, seen with the eyes of the card that goes first; empty when nothing was judged. */
export function pathwayOf({ judgements, shown }: Decision): Step[] {
  const judgement = shown ?? judgements.find(({ verdict }) => verdict !== 'fails') ?? judgements[0];
  if (judgement === undefined) return [];
  const traces = [judgement.when, ...judgement.silence, ...judgement.caps, ...judgement.tried];
  const criteria = traces.flatMap(criteriaOf);
  const facts = new Map([...factsOf(judgement.card), ...traces.flatMap(factsIn)].map((fact) => [fact.key, fact]));
  const ordered = stepOf(judgement.scoped.orderClass);
  const steps = TOLD_BY.map(([name, pattern]): Omit<Step, 'isNext'> => {
    const told = [...facts.values()].filter((fact) => pattern.test(fact.name));
    return { name, ...standingOf(name, told, judgement, criteria), isOrdered: name === ordered };
  });
  const place = steps.findIndex(({ isOrdered }) => isOrdered);
  const isOpen = ({ name, state }: Omit<Step, 'isNext'>, at: number) =>
    at < place && name in DONE_BY && state !== 'done' && state !== 'some';
  const begun = ({ name, state }: Omit<Step, 'isNext'>, at: number) =>
    at < place && name in DONE_BY && state === 'some';
  const open = steps.some(isOpen) && !steps.some(begun) ? steps.filter(isOpen) : steps.filter(begun);
  const next = judgement.verdict === 'fires' && open.length > 0 ? open : steps.slice(Math.max(place, 0), place + 1);
  return steps.map((step) => ({ ...step, isNext: next.includes(step) }));
}

function standingOf(
  name: StepName,
  facts: readonly FactInstance[],
  { read }: Judgement,
  criteria: readonly CriterionTrace[],
): Pick<Step, 'state' | 'evidence'> {
  const readings = facts.map(read);
  const evidence = [...new Map(readings.flatMap((one) => one.evidence).map((seen) => [seen.reference, seen])).values()];
  const wanted = DONE_BY[name];
  const isDone = criteria.some(({ criterion, truth }) => wanted?.test(criterion.name) && truth === 'holds');
  if (isDone) return { state: 'done', evidence: evidence as Seen[] };
  const states = readings.map(stateOf);
  if (states.includes('known')) return { state: wanted === undefined ? 'done' : 'some', evidence };
  return { state: states.length > 0 && states.every((state) => state === 'absent') ? 'none' : 'unknown', evidence };
}

const factsIn = (trace: Trace): FactInstance[] => testsOf(trace).map(({ test }) => test.fact);

/** Facts that the card's lines speak of. */
const factsOf = ({ outcomes }: CardDefinition): FactInstance[] => factsInLines(outcomes.flatMap(({ chart }) => chart));

const factsInLines = (lines: readonly Line[]): FactInstance[] =>
  lines.flatMap((line) => (line.kind === 'fact' ? [line.fact] : []));

/** What in the chart the lines of a card that fires speak of, each once. */
export function evidenceOfLines({ outcome, read }: Judgement): Seen[] {
  const seen = factsInLines(outcome?.chart ?? []).flatMap((fact) => read(fact).evidence);
  return [...new Map(seen.map((one) => [one.reference, one])).values()];
}

function criteriaOf(trace: Trace): CriterionTrace[] {
  if (trace.kind === 'criterion') return [trace, ...criteriaOf(trace.body)];
  return trace.kind === 'group' ? trace.parts.flatMap(criteriaOf) : [];
}
