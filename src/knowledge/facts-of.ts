import type { CardDefinition, Condition, Criterion, FactInstance, Line } from './types.ts';

/** Most criteria are those of many cards. */
const OF_CRITERIA = new WeakMap<Criterion, readonly FactInstance[]>();

/** Every fact a condition may read. */
export function factsOf(condition: Condition): readonly FactInstance[] {
  if (condition.kind === 'test') return [condition.fact];
  if (condition.kind === 'group') return condition.parts.flatMap(factsOf);
  const facts = OF_CRITERIA.get(condition) ?? [...new Set(factsOf(condition.body))];
  OF_CRITERIA.set(condition, facts);
  return facts;
}

/** Every fact that judging or wording a card may read, each once. */
export function factsOfCard(card: Pick<CardDefinition, 'when' | 'silence' | 'caps' | 'outcomes'>): FactInstance[] {
  const conditions = new Set<Condition>([card.when, ...card.silence, ...card.caps]);
  const lines = new Set<Line>();
  for (const { when, chart, evidence, why, suggestions } of card.outcomes) {
    for (const line of [...chart, ...evidence, ...why]) lines.add(line);
    for (const one of [when, ...suggestions.flatMap((suggestion) => [suggestion.when, suggestion.recommended])])
      if (one !== undefined) conditions.add(one);
  }
  const facts = new Set<FactInstance>();
  for (const line of lines) {
    if (line.when !== undefined) conditions.add(line.when);
    if (line.kind === 'fact') facts.add(line.fact);
    const templates = line.kind === 'say' ? [line.say] : [line.known, line.absent, line.unavailable];
    for (const template of templates)
      for (const piece of template ?? []) if (piece.kind === 'fact') facts.add(piece.fact);
  }
  for (const condition of conditions) for (const fact of factsOf(condition)) facts.add(fact);
  return [...facts];
}

/** A fact and every fact that its reader asks for on the way. */
export const withNeeds = (fact: FactInstance): FactInstance[] => [fact, ...fact.needs.flatMap(withNeeds)];
