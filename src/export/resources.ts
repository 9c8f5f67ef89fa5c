import type { ActivityDefinition, Bundle, Library, PlanDefinition, ValueSet } from 'fhir/r4.js';
import type { Knowledge } from '../knowledge/types.ts';
import { activitiesOf } from './activity.ts';
import { libraryOf } from './library.ts';
import { canonical, nameOf } from './names.ts';
import { planOf } from './plan.ts';
import { Spelled } from './text.ts';

/** A resource of the export. */
export type Exported = PlanDefinition | ActivityDefinition | ValueSet | Library;

/**
 * A pack as FHIR R4: a PlanDefinition for each card, an ActivityDefinition for each order that a card suggests, its ValueSets, and a Library
 * that holds them together with the whole pack as a document. Conditions are text, and FHIRPath where that is exact: what judges them is
 * this engine. http://hl7.org/fhir/R4/clinicalreasoning-module.html
 */
export function exportPack(knowledge: Knowledge, valueSets: readonly ValueSet[]): Exported[] {
  const named = valueSets.map(({ id = '', ...one }) => ({
    ...one,
    id,
    url: one.url ?? canonical('ValueSet', id),
    name: one.name ?? nameOf(id),
  }));
  const urls = new Map(named.map(({ id, url }) => [id, url]));
  const spelled = new Spelled(knowledge);
  const plans = knowledge.cards.map((card) => planOf(card, knowledge, urls, spelled));
  const activities = knowledge.cards.flatMap((card) => activitiesOf(card, knowledge, spelled));
  const parts = [...plans, ...activities, ...named];
  return [libraryOf(knowledge, parts), ...parts];
}

/** All of a pack in one Bundle. */
export const bundleOf = (resources: readonly Exported[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({
    fullUrl: resource.url ?? canonical(resource.resourceType, resource.id ?? ''),
    resource,
  })),
});
