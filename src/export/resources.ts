import type { ActivityDefinition, Bundle, BundleEntry, Library, PlanDefinition, ValueSet } from 'fhir/r4.js';
import type { Knowledge } from '../knowledge/types.ts';
import { activitiesOf } from './activity.ts';
import { libraryOf } from './library.ts';
import { canonical, nameOf } from './names.ts';
import { planNamed, planOf } from './plan.ts';
import { Spelled } from './text.ts';

/** A resource of the export. */
export type Exported = PlanDefinition | ActivityDefinition | ValueSet | Library;

/**
 * A pack as FHIR R4: a PlanDefinition for each card, an ActivityDefinition for each order that a card suggests, its ValueSets, and a Library
 * that holds them together with the whole pack as a document. Conditions are text, and FHIRPath where that is exact: what judges them is
 * this engine. One by one, for all of a large pack take long. http://hl7.org/fhir/R4/clinicalreasoning-module.html
 */
export function* exportEach(knowledge: Knowledge, valueSets: readonly ValueSet[]): Generator<Exported> {
  const named = valueSets.map(({ id = '', ...one }) => ({
    ...one,
    id,
    url: one.url ?? canonical('ValueSet', id),
    name: one.name ?? nameOf(id),
  }));
  const urls = new Map(named.map(({ id, url }) => [id, url]));
  const { cards } = knowledge;
  const spelled = new Spelled(knowledge);
  const activities = cards.flatMap((card) => activitiesOf(card, knowledge, spelled));
  yield libraryOf(knowledge, [...cards.map(planNamed), ...activities, ...named]);
  for (const card of cards) yield planOf(card, knowledge, urls, spelled);
  yield* activities;
  yield* named;
}

/** All of them at once. */
export const exportPack = (knowledge: Knowledge, valueSets: readonly ValueSet[]): Exported[] => [
  ...exportEach(knowledge, valueSets),
];

/** All of a pack in one Bundle. */
export const bundleOf = (resources: readonly Exported[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map(entryOf),
});

/** A resource as a part of a Bundle. */
export const entryOf = (resource: Exported): BundleEntry => ({
  fullUrl: resource.url ?? canonical(resource.resourceType, resource.id ?? ''),
  resource,
});
