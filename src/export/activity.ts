import type { ActivityDefinition } from 'fhir/r4.js';
import type {
  ActionDefinition,
  CardDefinition,
  Knowledge,
  ResourceTemplate,
  SuggestionDefinition,
  Template,
} from '../knowledge/types.ts';
import { publishedBy } from './credits.ts';
import { canonical, idOf, nameOf } from './names.ts';
import type { Spelled } from './text.ts';

/** The id of what the n-th action of a suggestion creates. */
export const activityId = ({ id }: CardDefinition, { name }: SuggestionDefinition, index: number): string =>
  idOf(id, name, ...(index === 0 ? [] : [String(index + 1)]));

/** Suggestions that create an order, once for each card: their wording depends on it. */
export function activitiesOf(card: CardDefinition, knowledge: Knowledge, spelled: Spelled): ActivityDefinition[] {
  const suggestions = new Map(
    card.outcomes.flatMap((outcome) => outcome.suggestions).map((suggestion) => [suggestion.name, suggestion]),
  );
  return [...suggestions.values()].flatMap((suggestion) =>
    suggestion.actions.flatMap((action, index) =>
      action.kind === 'create' ? [activityOf(card, suggestion, action, index, knowledge, spelled)] : [],
    ),
  );
}

function activityOf(
  card: CardDefinition,
  suggestion: SuggestionDefinition,
  action: ActionDefinition & { kind: 'create' },
  index: number,
  knowledge: Knowledge,
  spelled: Spelled,
): ActivityDefinition {
  const id = activityId(card, suggestion, index);
  const order = plain(action.resource, spelled) as Readonly<Record<string, unknown>>;
  const code = order.code as ActivityDefinition['code'];
  const product = order.medicationCodeableConcept as ActivityDefinition['productCodeableConcept'];
  const dosage = order.dosageInstruction as ActivityDefinition['dosage'];
  return {
    resourceType: 'ActivityDefinition',
    id,
    url: canonical('ActivityDefinition', id),
    version: card.version,
    name: nameOf(id),
    title: spelled.template(suggestion.label),
    status: card.status,
    ...publishedBy(knowledge.attributes.get(card.id)),
    description: spelled.template(action.description),
    kind: String(order.resourceType) as NonNullable<ActivityDefinition['kind']>,
    ...(code !== undefined && { code }),
    ...(product !== undefined && { productCodeableConcept: product }),
    ...(dosage !== undefined && { dosage }),
  };
}

/** A resource as written, its texts as their author reads them. What depends on the day of the call is left out. */
function plain(template: ResourceTemplate, spelled: Spelled): unknown {
  switch (template.kind) {
    case 'value':
      return template.value;
    case 'template':
      return plainText(template.template, spelled);
    case 'list': {
      const items = template.items.map((item) => plain(item, spelled)).filter((one) => one !== undefined);
      return items.length === 0 ? undefined : items;
    }
    case 'object': {
      const members = template.members.map(([name, value]) => [name, plain(value, spelled)] as const);
      const told = members.filter(([, value]) => value !== undefined);
      return told.length === 0 ? undefined : Object.fromEntries(told);
    }
  }
}

/** A string that is nothing but a number is one. */
function plainText(template: Template, spelled: Spelled): string | number | undefined {
  const [only] = template;
  if (template.length !== 1 || only === undefined) return spelled.template(template);
  if (only.kind === 'number' && only.plural === undefined) return only.value;
  return only.kind === 'day' ? undefined : spelled.template(template);
}
