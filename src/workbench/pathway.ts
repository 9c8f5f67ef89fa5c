import { stateOf } from '../facts/reading.ts';
import { factsOf, factsOfCard } from '../knowledge/facts-of.ts';
import type { CardDefinition, FactInstance, Rung } from '../knowledge/types.ts';
import type { ScopedOrder } from '../orders/scope.ts';
import { type Decision, isOffered, type Judgement } from '../rules/decide.ts';
import { criteriaIn, type Read, truthOf } from '../rules/evaluate.ts';
import type { Seen, Standing, Step, TimelineItem } from './explanation.ts';
import { rungFor } from './ladder.ts';

/** What the picture is drawn from. */
interface Drawn {
  readonly decision: Decision;
  readonly ladder: readonly Rung[];
  readonly timeline: readonly TimelineItem[];
  /** Every slice of the chart was read to its end. */
  readonly isWhole: boolean;
  /** Facts of the whole chart for an order. */
  readonly readerFor: (scoped: ScopedOrder) => Read;
}

/** Where the patient stands on the ladder, for the order that goes first; empty when that stands on no rung. */
export function pathwayOf({ decision, ladder, timeline, isWhole, readerFor }: Drawn): Step[] {
  const { judgements, shown } = decision;
  const scoped = (shown ?? judgements.find(({ verdict }) => verdict !== 'fails') ?? judgements[0])?.scoped;
  const ordered = scoped && rungFor(scoped.orderClass, ladder);
  if (scoped === undefined || ordered === undefined) return [];
  const about = judgements.filter((one) => one.scoped === scoped);
  const cards = about.map(({ card }) => card);
  const read = readerFor(scoped);
  const steps = ladder.map((rung) => {
    const isOrdered = rung === ordered;
    const isAsked = shown !== undefined && asksFor(shown, rung);
    const items = timeline.filter((item) => item.rung === rung.name);
    const facts = factsFor(rung, isOrdered ? cards : []);
    const standing = standingOn({ rung, cards, facts, items, isWhole, isAsked }, read);
    return { name: rung.name, title: rung.title, ...standing, isOrdered, isAsked };
  });
  const isInPlace = decision.silencedBy === undefined && shown === undefined && about.some(approves(ordered));
  const isBegun = steps.some(({ isAsked, state }) => isAsked && state === 'some');
  return steps.map(({ isAsked, ...step }) => ({
    ...step,
    // care that has begun goes before care that has not
    isNext: isAsked ? step.state === 'some' || !isBegun : step.isOrdered && isInPlace,
  }));
}

/** Whether a card that is shown suggests the care of a rung. */
const asksFor = ({ outcome, read }: Judgement, { suggestions }: Rung): boolean =>
  (outcome?.suggestions ?? []).some((one) => suggestions.includes(one.name) && isOffered(one, read));

/** Whether a card is silent because what is ordered is in its place. */
const approves =
  ({ next }: Rung) =>
  ({ verdict, silencedBy = '' }: Judgement): boolean =>
    verdict === 'silent' && next.includes(silencedBy);

/** The facts that tell of a rung, in its order: those that hang on no card, and those of cards about its own orders. */
function factsFor({ facts, free }: Rung, cards: readonly CardDefinition[]): FactInstance[] {
  const all = new Set([...free, ...cards.flatMap(factsOfCard)]);
  return facts.flatMap((name) => [...all].filter((fact) => fact.name === name));
}

interface Told {
  readonly rung: Rung;
  /** Cards about the order. */
  readonly cards: readonly CardDefinition[];
  readonly facts: readonly FactInstance[];
  /** What stands on the rung's row of the time axis. */
  readonly items: readonly TimelineItem[];
  readonly isWhole: boolean;
  /** A card suggests more of it. */
  readonly isAsked: boolean;
}

function standingOn(told: Told, read: Read): Pick<Step, 'state' | 'days'> {
  const { rung, facts, items, isWhole } = told;
  const readings = facts.map(read);
  const found = readings.find((reading) => stateOf(reading) === 'known');
  const days = daysOf(found === undefined ? items.map(({ from }) => from) : found.evidence.map(({ date }) => date));
  if (found !== undefined)
    return { days, state: rung.done === undefined ? 'had' : standingOfCare(rung.done, told, read) };
  if (items.length > 0) return { days, state: rung.done === undefined ? 'had' : 'apart' };
  const isRead = facts.length === 0 ? isWhole : readings.every((reading) => stateOf(reading) === 'absent');
  const isNone = isRead && rung.sources.every((fact) => stateOf(read(fact)) === 'known');
  return { days, state: isNone ? 'none' : 'unknown' };
}

/** Whether care that was begun has reached what cards about the order ask for, or lies further back than these look. */
function standingOfCare(done: readonly string[], { cards, isAsked }: Told, read: Read): Standing {
  const criteria = cards
    .flatMap(({ when, silence, caps, outcomes }) => [when, ...silence, ...caps, ...outcomes.map((one) => one.when)])
    .flatMap((condition) => (condition === undefined ? [] : criteriaIn(condition)))
    .filter(({ name }) => done.includes(name));
  if (!isAsked && criteria.some((criterion) => truthOf(criterion, read) === 'holds')) return 'done';
  const counted = criteria.flatMap(factsOf).map(read);
  return counted.length > 0 && counted.every((reading) => stateOf(reading) === 'absent') ? 'past' : 'some';
}

const daysOf = (days: readonly (string | undefined)[]): string[] =>
  [...new Set(days.filter((day) => day !== undefined))].sort();

/** What in the chart the lines of a card that fires speak of, each once. */
export function evidenceOfLines({ outcome, read }: Judgement): Seen[] {
  const said = (outcome?.chart ?? []).filter(({ when }) => when === undefined || truthOf(when, read) === 'holds');
  const facts = said.flatMap((line) => [
    ...(line.when ? factsOf(line.when) : []),
    ...(line.kind === 'fact' ? [line.fact] : []),
  ]);
  const seen = facts.flatMap((fact) => read(fact).evidence);
  return [...new Map(seen.map((one) => [one.reference, one])).values()];
}
