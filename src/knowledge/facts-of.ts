import type { CardDefinition, Condition, FactInstance } from './types.ts';

/** Every fact a condition may read. */
export function factsOf(condition: Condition): FactInstance[] {
  if (condition.kind === 'test') return [condition.fact];
  return condition.kind === 'criterion' ? factsOf(condition.body) : condition.parts.flatMap(factsOf);
}

/** Every fact that judging or wording a card may read. */
export function factsOfCard(card: Pick<CardDefinition, 'when' | 'silence' | 'caps' | 'outcomes'>): FactInstance[] {
  const conditions = [card.when, ...card.silence, ...card.caps];
  const facts: FactInstance[] = [];
  for (const { when, chart, evidence, why, suggestions } of card.outcomes) {
    if (when !== undefined) conditions.push(when);
    for (const line of [...chart, ...evidence, ...why]) {
      if (line.when !== undefined) conditions.push(line.when);
      if (line.kind === 'fact') facts.push(line.fact);
      const templates = line.kind === 'say' ? [line.say] : [line.known, line.absent, line.unavailable];
      for (const piece of templates.flatMap((template) => template ?? []))
        if (piece.kind === 'fact') facts.push(piece.fact);
    }
    for (const one of suggestions)
      conditions.push(...[one.when, one.recommended].filter((condition) => condition !== undefined));
  }
  return [...[...new Set(conditions)].flatMap(factsOf), ...facts];
}

/** A fact and every fact that its reader asks for on the way. */
export const withNeeds = (fact: FactInstance): FactInstance[] => [fact, ...fact.needs.flatMap(withNeeds)];
