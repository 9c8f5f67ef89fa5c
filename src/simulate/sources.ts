import type { RawResource } from '../cds-hooks/types.ts';
import { Chart } from '../chart/chart.ts';
import { factsOfCard, withNeeds } from '../knowledge/facts-of.ts';
import type { Knowledge } from '../knowledge/types.ts';

/** Dates of conditions that are looked for, by element. */
export const CONDITION_DATES = {
  'Condition.onsetDateTime': 'a condition with the day on which it began',
  'Condition.recordedDate': 'a condition with the day on which it was recorded',
} as const;

/** Treatment that a chart may hold something of, in whatever form. */
export interface Source {
  readonly name: string;
  /** In plain words. */
  readonly title: string;
  readonly concepts: readonly string[];
}

/**
 * What those rungs of the ladder show in a chart that no card is about, and what their facts set apart because it is no treatment yet, as a referral: it too says
 * that such treatment comes into these charts at all.
 */
export function sourcesOf({ ladder, cards, terminology }: Knowledge): Source[] {
  const facts = cards.flatMap(factsOfCard).flatMap(withNeeds);
  return ladder.flatMap(({ name, orders, facts: own, shows }) => {
    const apart = facts.flatMap((fact) => (own.includes(fact.name) ? (fact.args.except ?? []) : []));
    const isCoded = (concept: string) => (terminology.concepts.get(concept)?.valueSets.length ?? 0) > 0;
    const concepts = [...new Set([...shows, ...apart.filter(isCoded)])];
    const titles = concepts.map((concept) => terminology.concepts.get(concept)?.title ?? concept);
    const title = `${titles.join(' or ')}, in whatever form`;
    return orders.length > 0 || shows.length === 0 ? [] : [{ name: `ladder.${name}`, title, concepts }];
  });
}

/** Those of which something is in the chart: of any type, day and region; done, ordered, booked or planned, but not called off. */
export function sourcesIn(
  look: (type: string) => readonly RawResource[],
  types: Iterable<string>,
  sources: readonly Source[],
  { terminology }: Knowledge,
): readonly Source[] {
  const included = look('Medication');
  const slices = [...new Set(types)].map(
    (type) => [type, { state: 'complete', resources: look(type), included }] as const,
  );
  const chart = new Chart(new Map(slices));
  const entries = slices.flatMap(([type]) => chart.entries(type)).filter(({ denied }) => !denied);
  return sources.filter(({ concepts }) => entries.some(({ what }) => terminology.bearsAny(what, concepts) !== 'fails'));
}
