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
export function pathwayOf({ judgements, shown, silencedBy }: Decision): Step[] {
  const judgement = shown ?? judgements.find(({ verdict }) => verdict !== 'fails') ?? judgements[0];
  if (judgement === undefined) return [];
  const traces = judgements
    .filter(({ scoped }) => scoped === judgement.scoped)
    .flatMap(({ when, silence, caps, tried }) => [when, ...silence, ...caps, ...tried]);
  const criteria = traces.flatMap(criteriaOf);
  const facts = new Map([...factsOf(judgement.card), ...traces.flatMap(factsIn)].map((fact) => [fact.key, fact]));
  const ordered = stepOf(judgement.scoped.orderClass);
  const steps = TOLD_BY.map(([name, pattern]): Standing => {
    const told = [...facts.values()].filter((fact) => pattern.test(fact.name));
    return { name, ...standingOf(name, told, judgement, criteria), isOrdered: name === ordered };
  });
  const next = silencedBy === undefined ? nextOf(steps, judgement) : [];
  return steps.map((step) => ({ ...step, isNext: next.includes(step) }));
}

type Standing = Omit<Step, 'isNext'>;

/** What a card that fires asks for, care that has begun before care that has not. The order itself, once that care is done and no card speaks. */
function nextOf(steps: readonly Standing[], { verdict }: Judgement): readonly Standing[] {
  const place = steps.findIndex(({ isOrdered }) => isOrdered);
  const care = steps.slice(0, Math.max(place, 0)).filter(({ name }) => name in DONE_BY);
  const begun = care.filter(({ state }) => state === 'some');
  const open = begun.length > 0 ? begun : care.filter(({ state }) => state !== 'done');
  if (verdict === 'fires') return open;
  return open.length === 0 && place >= 0 ? steps.slice(place, place + 1) : [];
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
