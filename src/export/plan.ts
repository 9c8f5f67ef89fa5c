import type { DataRequirement, PlanDefinition, PlanDefinitionAction, RelatedArtifact } from 'fhir/r4.js';
import { factsOf, factsOfCard, withNeeds } from '../knowledge/facts-of.ts';
import type {
  CardDefinition,
  Criterion,
  Knowledge,
  Outcome,
  ServiceDefinition,
  SuggestionDefinition,
} from '../knowledge/types.ts';
import { activityId } from './activity.ts';
import { applies, appliesNot } from './conditions.ts';
import { attributeExtensions, citationsOf, publishedBy } from './credits.ts';
import { canonical, idOf, LIBRARY, nameOf } from './names.ts';
import type { Spelled } from './text.ts';

/** A FHIR search that gives what a DataRequirement asks for. http://hl7.org/fhir/extensions/StructureDefinition-cqf-fhirQueryPattern.html */
const QUERY = 'http://hl7.org/fhir/StructureDefinition/cqf-fhirQueryPattern';

/** What others name the plan of a card by. */
export const planNamed = ({ id, version }: CardDefinition) => ({
  resourceType: 'PlanDefinition' as const,
  id: idOf(id),
  url: canonical('PlanDefinition', idOf(id)),
  version,
});

/**
 * A card as a rule: hooks as triggers, the chart as input, conditions, outcomes and what they suggest.
 *
 * @param valueSets URLs of what the pack has, by id
 */
export function planOf(
  card: CardDefinition,
  knowledge: Knowledge,
  valueSets: ReadonlyMap<string, string>,
  spelled: Spelled,
): PlanDefinition {
  const { id: name, version, status, title, orderClass, when, outcomes } = card;
  const { resourceType, id, url } = planNamed(card);
  // of a retired card, those that served it
  const services = knowledge.services.filter(({ cards }) => cards.some(({ folder }) => folder === card.folder));
  const input = inputOf(card, services, knowledge);
  const silence = [...shared(services, 'silence'), ...card.silence];
  const caps = [...shared(services, 'caps'), ...card.caps];
  const attributes = knowledge.attributes.get(name);
  return {
    resourceType,
    id,
    ...attributeExtensions(attributes),
    url,
    version,
    name: nameOf(name),
    title,
    type: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/plan-definition-type', code: 'eca-rule', display: 'ECA Rule' },
      ],
    },
    status,
    ...publishedBy(attributes),
    description: [
      `For orders of ${orderClass.title}: ${title}. At most one card a call; the first outcome that fits.`,
      ...caps.map((cap) => `Information at most, when: ${spelled.plain(cap)}.`),
      ...quietPeriods(services),
    ].join('\n\n'),
    relatedArtifact: [
      ...citationsOf(outcomes.flatMap(({ source, links }) => [source, ...links])),
      ...codesOf(card, [...silence, ...caps], knowledge).flatMap((name) => dependsOn(valueSets.get(name))),
    ],
    library: [canonical('Library', LIBRARY)],
    action: [
      {
        title: orderClass.title,
        ...(services.length > 0 && { trigger: services.map(({ hook }) => ({ type: 'named-event', name: hook })) }),
        condition: [applies('the card applies', when, spelled), ...silence.map((one) => appliesNot(one, spelled))],
        ...(input.length > 0 && { input }),
        selectionBehavior: 'at-most-one',
        action: outcomes.map((outcome) => outcomeAction(card, outcome, spelled)),
      },
    ],
  };
}

/** What holds for every card of the services, which are one pack on several hooks. */
const shared = (services: readonly ServiceDefinition[], part: 'silence' | 'caps'): Criterion[] => [
  ...new Map(services.flatMap((service) => service[part]).map((one) => [one.name, one])).values(),
];

const quietPeriods = (services: readonly ServiceDefinition[]): string[] => [
  ...new Set(
    services.flatMap(({ quietPeriod }) =>
      quietPeriod === undefined ? [] : [`Quiet for ${quietPeriod.value} days after an answer.`],
    ),
  ),
];

/** Value sets whose codes have a part in what the card decides or says. */
function codesOf(
  card: CardDefinition,
  criteria: readonly Criterion[],
  { terminology }: Pick<Knowledge, 'terminology'>,
): string[] {
  const facts = [...new Set([...factsOfCard(card), ...criteria.flatMap(factsOf)])].flatMap(withNeeds);
  const concepts = facts.flatMap(({ args: { concept = [], also = [], except = [], mentions = [], prefer = [] } }) => [
    ...concept,
    ...also,
    ...except,
    ...mentions,
    ...prefer,
  ]);
  const names = new Set(
    [card.orderClass.procedure, ...concepts].flatMap((name) =>
      (terminology.concepts.get(name)?.valueSets ?? []).map((valueSet) => valueSet.name),
    ),
  );
  return [...names].sort();
}

/** A site may have left out all codes of a value set. */
const dependsOn = (resource: string | undefined): RelatedArtifact[] =>
  resource === undefined ? [] : [{ type: 'depends-on', resource }];

/** What is read of a chart, each with its query. */
function inputOf(
  card: CardDefinition,
  services: readonly ServiceDefinition[],
  { slices }: Pick<Knowledge, 'slices'>,
): DataRequirement[] {
  const wanted = new Set([...services.flatMap((service) => [...service.slices]), ...card.slices]);
  return [...slices.values()]
    .filter(({ name }) => wanted.has(name))
    .map(({ name, type, template }) => ({
      id: name,
      extension: [{ url: QUERY, valueString: template }],
      type: type as DataRequirement['type'],
    }));
}

function outcomeAction(card: CardDefinition, outcome: Outcome, spelled: Spelled): PlanDefinitionAction {
  const { id, when, indicator, summary, chart, evidence, why, suggestions, source, links } = outcome;
  return {
    id,
    title: spelled.template(summary),
    description: spelled.lines([...chart, ...evidence, ...why]),
    code: [{ text: indicator }],
    ...(when !== undefined && { condition: [applies(`outcome ${id}`, when, spelled)] }),
    documentation: citationsOf([source, ...links]),
    ...(suggestions.length > 0 && {
      selectionBehavior: 'at-most-one' as const,
      action: suggestions.map((suggestion) => suggestionAction(card, suggestion, spelled)),
    }),
  };
}

function suggestionAction(
  card: CardDefinition,
  suggestion: SuggestionDefinition,
  spelled: Spelled,
): PlanDefinitionAction {
  const { name, label, when, actions } = suggestion;
  return {
    id: name,
    title: spelled.template(label),
    ...(when !== undefined && { condition: [applies('offered', when, spelled)] }),
    action: actions.map((action, index): PlanDefinitionAction => {
      const title = spelled.template(action.description);
      const code = action.kind === 'create' ? 'create' : 'remove';
      const type = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/action-type', code }] };
      return action.kind === 'create'
        ? {
            title,
            type,
            definitionCanonical: canonical('ActivityDefinition', activityId(card, suggestion, index), card.version),
          }
        : { title, type };
    }),
  };
}
