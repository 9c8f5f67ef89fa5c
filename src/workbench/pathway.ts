import { stateOf } from '../facts/reading.ts';
import type { CardDefinition, FactInstance, Line, Rung } from '../knowledge/types.ts';
import type { Decision, Judgement } from '../rules/decide.ts';
import { type CriterionTrace, type Trace, testsOf } from '../rules/evaluate.ts';
import type { Seen, Step, TimelineItem } from './explanation.ts';
import { rungFor } from './ladder.ts';

/** What the picture is drawn from. */
interface Drawn {
  readonly decision: Decision;
  readonly ladder: readonly Rung[];
  readonly timeline: readonly TimelineItem[];
  /** Every slice of the chart was read to its end. */
  readonly isWhole: boolean;
}

/** Where the patient stands on the ladder, seen with the eyes of the card that goes first; empty when nothing was judged. */
export function pathwayOf({ decision, ladder, timeline, isWhole }: Drawn): Step[] {
  const { judgements, shown, silencedBy } = decision;
  const judgement = shown ?? judgements.find(({ verdict }) => verdict !== 'fails') ?? judgements[0];
  if (judgement === undefined) return [];
  const traces = judgements
    .filter(({ scoped }) => scoped === judgement.scoped)
    .flatMap(({ when, silence, caps, tried }) => [when, ...silence, ...caps, ...tried]);
  const holding = traces.flatMap(criteriaOf).filter(({ truth }) => truth === 'holds');
  const climbed = new Set(holding.map(({ criterion }) => criterion.name));
  const facts = new Map([...factsOf(judgement.card), ...traces.flatMap(factsIn)].map((fact) => [fact.key, fact]));
  const ordered = rungFor(judgement.scoped.orderClass, ladder);
  const standings = ladder.map((rung): Standing => {
    const told = [...facts.values()].filter(({ name }) => rung.facts.includes(name));
    const standing =
      rung.facts.length === 0
        ? standingByEntries(
            timeline.filter((item) => item.rung === rung.name),
            isWhole,
          )
        : standingByFacts(
            told,
            judgement,
            rung.done === undefined,
            rung.done?.some((name) => climbed.has(name)) ?? false,
          );
    return { rung, step: { name: rung.name, title: rung.title, ...standing, isOrdered: rung === ordered } };
  });
  const next = silencedBy === undefined ? nextOf(standings, judgement) : [];
  return standings.map((standing) => ({ ...standing.step, isNext: next.includes(standing) }));
}

interface Standing {
  readonly rung: Rung;
  readonly step: Omit<Step, 'isNext'>;
}

/** What a card that fires asks for, care that has begun before care that has not. The order itself, once that care is done and no card speaks. */
function nextOf(standings: readonly Standing[], { verdict }: Judgement): readonly Standing[] {
  const place = standings.findIndex(({ step }) => step.isOrdered);
  const care = standings.slice(0, Math.max(place, 0)).filter(({ rung }) => rung.done !== undefined);
  const begun = care.filter(({ step }) => step.state === 'some');
  const open = begun.length > 0 ? begun : care.filter(({ step }) => step.state !== 'done');
  if (verdict === 'fires') return open;
  return open.length === 0 && place >= 0 ? standings.slice(place, place + 1) : [];
}

function standingByFacts(
  facts: readonly FactInstance[],
  { read }: Judgement,
  isDoneOnceBegun: boolean,
  isDone: boolean,
): Pick<Step, 'state' | 'evidence'> {
  const readings = facts.map(read);
  const evidence = [...new Map(readings.flatMap((one) => one.evidence).map((seen) => [seen.reference, seen])).values()];
  if (isDone) return { state: 'done', evidence };
  const states = readings.map(stateOf);
  if (states.includes('known')) return { state: isDoneOnceBegun ? 'done' : 'some', evidence };
  return { state: states.length > 0 && states.every((state) => state === 'absent') ? 'none' : 'unknown', evidence };
}

function standingByEntries(items: readonly TimelineItem[], isWhole: boolean): Pick<Step, 'state' | 'evidence'> {
  const evidence = items.map(({ reference, from }) => ({ reference, date: from }));
  return { state: items.length > 0 ? 'done' : isWhole ? 'none' : 'unknown', evidence };
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
