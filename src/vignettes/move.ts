import { argumentOf } from '../knowledge/link/facts.ts';
import type { CardDefinition, Condition, FactInstance, Parameter } from '../knowledge/types.ts';

/** A card that decides by another value of a parameter. What the parameter has no part in stays the very same object. */
export function moveCard(card: CardDefinition, moved: Parameter): CardDefinition {
  const parts = {
    when: moveCondition(card.when, moved),
    silence: moveAll(card.silence, moved),
    caps: moveAll(card.caps, moved),
    outcomes: mapSame(card.outcomes, (outcome) => {
      const when = outcome.when && moveCondition(outcome.when, moved);
      const suggestions = mapSame(outcome.suggestions, (one) =>
        withParts(one, one.when && { when: moveCondition(one.when, moved) }),
      );
      return withParts(outcome, { suggestions, ...(when !== undefined && { when }) });
    }),
  };
  return withParts(card, parts);
}

/** The same for several conditions, as those of a service. */
export const moveAll = <T extends Condition>(conditions: readonly T[], moved: Parameter): readonly T[] =>
  mapSame(conditions, (condition) => moveCondition(condition, moved));

function moveCondition<T extends Condition>(condition: T, moved: Parameter): T;
function moveCondition(condition: Condition, moved: Parameter): Condition {
  switch (condition.kind) {
    case 'test': {
      const { limit } = condition;
      return withParts(condition, {
        fact: moveFact(condition.fact, moved),
        ...(limit !== undefined && { limit: limit.name === moved.name ? moved : limit }),
      });
    }
    case 'criterion':
      return withParts(condition, { body: moveCondition(condition.body, moved) });
    case 'group':
      return withParts(condition, { parts: moveAll(condition.parts, moved) });
  }
}

/** A fact that is read with another argument is another fact: it has a key of its own. */
function moveFact(fact: FactInstance, moved: Parameter): FactInstance {
  const needs = mapSame(fact.needs, (need) => moveFact(need, moved));
  const own = Object.keys(fact.parameters).filter((argument) => fact.parameters[argument]?.name === moved.name);
  if (needs === fact.needs && own.length === 0) return fact;
  const keys = new Map(fact.needs.map(({ key }, index) => [key, needs[index]?.key ?? key]));
  const { after, explains } = fact.args;
  const args = {
    ...fact.args,
    ...Object.fromEntries(own.map((argument) => [argument, argumentOf(moved)])),
    ...(after !== undefined && { after: keys.get(after) ?? after }),
    ...(explains !== undefined && { explains: keys.get(explains) ?? explains }),
  };
  return { ...fact, key: `${fact.key}, ${moved.name} moved to ${moved.value}`, args, needs };
}

const mapSame = <T>(list: readonly T[], change: (one: T) => T): readonly T[] => {
  const changed = list.map(change);
  return changed.every((one, index) => one === list[index]) ? list : changed;
};

const withParts = <T extends object>(whole: T, parts: Partial<T> = {}): T =>
  (Object.keys(parts) as (keyof T)[]).every((key) => parts[key] === whole[key]) ? whole : { ...whole, ...parts };
