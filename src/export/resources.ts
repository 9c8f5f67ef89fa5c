import type {
  ActivityDefinition,
  Expression,
  Extension,
  Library,
  PlanDefinition,
  PlanDefinitionAction,
  RelatedArtifact,
  ValueSet,
} from 'fhir/r4.js';
import type {
  ActionDefinition,
  CardDefinition,
  CitedSource,
  Condition,
  Criterion,
  Knowledge,
  Outcome,
  ResourceTemplate,
  SourceAttributes,
  SuggestionDefinition,
  Template,
} from '../knowledge/types.ts';
import { signOffDocument } from '../sign-off/document.ts';
import { templateText } from '../sign-off/wording.ts';
import { conditionText, linesText } from './text.ts';

/** A resource of the export. */
export type Exported = PlanDefinition | ActivityDefinition | ValueSet | Library;

const BASE = 'https://rehab-first.org/fhir';
const ATTRIBUTE = `${BASE}/StructureDefinition/source-attribute`;
const UNTIL_DECLARED = { publisher: 'not declared' };

/**
 * A pack as FHIR R4: a PlanDefinition for each card, an ActivityDefinition for each order that a card suggests, its ValueSets, and a Library
 * that holds them together with the whole pack as a document. Conditions are text: what judges them is this engine.
 * http://hl7.org/fhir/R4/clinicalreasoning-module.html
 */
export function exportPack(knowledge: Knowledge, valueSets: readonly ValueSet[]): Exported[] {
  const plans = knowledge.cards.map((card) => planOf(card, knowledge));
  const activities = knowledge.cards.flatMap((card) => activitiesOf(card, knowledge));
  const named = valueSets.map((one): ValueSet => ({ ...one, name: one.name ?? nameOf(one.id ?? '') }));
  const parts = [...plans, ...activities, ...named];
  return [libraryOf(knowledge, parts), ...parts];
}

const canonical = (type: string, id: string, version?: string): string =>
  `${BASE}/${type}/${id}${version === undefined ? '' : `|${version}`}`;

/** FHIR names are identifiers of programs: `[A-Z]([A-Za-z0-9_]){0,254}`. */
const nameOf = (id: string): string =>
  id
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
    .slice(0, 255);

/** FHIR ids have at most 64 characters. */
const idOf = (...parts: readonly string[]): string =>
  parts
    .join('-')
    .replaceAll(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 64);

const told = (attributes: SourceAttributes | undefined): { publisher: string; date?: string } =>
  attributes === undefined
    ? UNTIL_DECLARED
    : { publisher: attributes.developer, date: attributes.revised ?? attributes.released };

/** Funding, dates and the use of data about people, each as an extension that names it. */
function attributeExtensions(attributes: SourceAttributes | undefined): Extension[] {
  if (attributes === undefined) return [];
  const { developer, funding, released, revised, uses } = attributes;
  const pairs: [string, string][] = [
    ['developer', developer],
    ['funding', funding],
    ['released', released],
    ...(revised === undefined ? [] : [['revised', revised] as [string, string]]),
    ...Object.entries(uses).map(([name, use]): [string, string] => [`uses-${name}`, use === false ? 'not used' : use]),
  ];
  return pairs.map(([name, valueString]) => ({
    url: ATTRIBUTE,
    extension: [
      { url: 'name', valueCode: name },
      { url: 'value', valueString },
    ],
  }));
}

const citation = ({ label, url, says, grade }: CitedSource): RelatedArtifact => ({
  type: 'citation',
  label,
  citation: [label, says, ...(grade === undefined ? [] : [`grade: ${grade}`])].join('. '),
  ...(url !== undefined && { url }),
});

const citationsOf = (sources: readonly CitedSource[]): RelatedArtifact[] =>
  [...new Map(sources.map((source) => [source.id, source])).values()].map(citation);

const expression = (description: string, text: string): Expression => ({
  description,
  language: 'text/plain',
  expression: text,
});

const applies = (description: string, condition: Condition) => ({
  kind: 'applicability' as const,
  expression: expression(description, conditionText(condition)),
});

const appliesNot = (criterion: Criterion) => ({
  kind: 'applicability' as const,
  expression: expression(`not: ${criterion.title}`, `none of (${conditionText(criterion)})`),
});

function planOf(card: CardDefinition, knowledge: Knowledge): PlanDefinition {
  const { id, version, status, title, orderClass, when, silence, outcomes } = card;
  const services = knowledge.services.filter(({ cards }) => cards.includes(card));
  const shared = new Map(services.flatMap((service) => service.silence).map((one) => [one.name, one]));
  const attributes = knowledge.attributes.get(id);
  const extension = attributeExtensions(attributes);
  return {
    resourceType: 'PlanDefinition',
    id: idOf(id),
    ...(extension.length > 0 && { extension }),
    url: canonical('PlanDefinition', idOf(id)),
    version,
    name: nameOf(id),
    title,
    type: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/plan-definition-type', code: 'eca-rule', display: 'ECA Rule' },
      ],
    },
    status,
    experimental: status === 'draft',
    ...told(attributes),
    description: `For orders of ${orderClass.title}: ${title}. At most one card a call; the first outcome that fits.`,
    relatedArtifact: citationsOf(outcomes.flatMap(({ source, links }) => [source, ...links])),
    action: [
      {
        title: orderClass.title,
        trigger: services.map(({ hook }) => ({ type: 'named-event' as const, name: hook })),
        condition: [applies('the card applies', when), ...[...shared.values(), ...silence].map(appliesNot)],
        selectionBehavior: 'at-most-one',
        action: outcomes.map((outcome) => outcomeAction(card, outcome)),
      },
    ],
  };
}

function outcomeAction(card: CardDefinition, outcome: Outcome): PlanDefinitionAction {
  const { id, when, indicator, summary, chart, evidence, why, suggestions, source, links } = outcome;
  return {
    id,
    title: templateText(summary),
    description: linesText([...chart, ...evidence, ...why]),
    code: [{ text: indicator }],
    ...(when !== undefined && { condition: [applies(`outcome ${id}`, when)] }),
    documentation: citationsOf([source, ...links]),
    ...(suggestions.length > 0 && {
      selectionBehavior: 'at-most-one' as const,
      action: suggestions.map((suggestion) => suggestionAction(card, suggestion)),
    }),
  };
}

function suggestionAction(card: CardDefinition, suggestion: SuggestionDefinition): PlanDefinitionAction {
  const { name, label, when, actions } = suggestion;
  return {
    id: name,
    title: templateText(label),
    ...(when !== undefined && { condition: [applies('offered', when)] }),
    action: actions.map((action, index): PlanDefinitionAction => {
      const title = templateText(action.description);
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

const activityId = ({ id }: CardDefinition, { name }: SuggestionDefinition, index: number): string =>
  idOf(id, name, ...(index === 0 ? [] : [String(index + 1)]));

/** Suggestions that create an order, once for each card: their wording depends on it. */
function activitiesOf(card: CardDefinition, knowledge: Knowledge): ActivityDefinition[] {
  const suggestions = new Map(
    card.outcomes.flatMap((outcome) => outcome.suggestions).map((suggestion) => [suggestion.name, suggestion]),
  );
  return [...suggestions.values()].flatMap((suggestion) =>
    suggestion.actions.flatMap((action, index) =>
      action.kind === 'create' ? [activityOf(card, suggestion, action, index, knowledge)] : [],
    ),
  );
}

function activityOf(
  card: CardDefinition,
  suggestion: SuggestionDefinition,
  action: ActionDefinition & { kind: 'create' },
  index: number,
  knowledge: Knowledge,
): ActivityDefinition {
  const id = activityId(card, suggestion, index);
  const order = plain(action.resource) as Readonly<Record<string, unknown>>;
  const code = order.code as ActivityDefinition['code'];
  const product = order.medicationCodeableConcept as ActivityDefinition['productCodeableConcept'];
  const dosage = order.dosageInstruction as ActivityDefinition['dosage'];
  return {
    resourceType: 'ActivityDefinition',
    id,
    url: canonical('ActivityDefinition', id),
    version: card.version,
    name: nameOf(id),
    title: templateText(suggestion.label),
    status: card.status,
    experimental: card.status === 'draft',
    ...told(knowledge.attributes.get(card.id)),
    description: templateText(action.description),
    kind: String(order.resourceType) as NonNullable<ActivityDefinition['kind']>,
    ...(code !== undefined && { code }),
    ...(product !== undefined && { productCodeableConcept: product }),
    ...(dosage !== undefined && { dosage }),
  };
}

/** A resource as written, its texts as their author reads them. What depends on the day of the call is left out. */
function plain(template: ResourceTemplate): unknown {
  switch (template.kind) {
    case 'value':
      return template.value;
    case 'template':
      return plainText(template.template);
    case 'list': {
      const items = template.items.map(plain).filter((one) => one !== undefined);
      return items.length === 0 ? undefined : items;
    }
    case 'object': {
      const members = template.members.map(([name, value]) => [name, plain(value)] as const);
      const told = members.filter(([, value]) => value !== undefined);
      return told.length === 0 ? undefined : Object.fromEntries(told);
    }
  }
}

/** A string that is nothing but a number is one. */
function plainText(template: Template): string | number | undefined {
  const [only] = template;
  if (template.length !== 1 || only === undefined) return templateText(template);
  if (only.kind === 'number' && only.plural === undefined) return only.value;
  return only.kind === 'day' ? undefined : templateText(template);
}

function libraryOf(knowledge: Knowledge, parts: readonly Exclude<Exported, Library>[]): Library {
  const [attributes] = knowledge.attributes.values();
  const extension = attributeExtensions(attributes);
  const version = knowledge.revision.replace('sha256:', '').slice(0, 16);
  return {
    resourceType: 'Library',
    id: 'rehab-first-pack',
    ...(extension.length > 0 && { extension }),
    url: canonical('Library', 'rehab-first-pack'),
    version,
    name: 'RehabFirstPack',
    title: knowledge.services[0]?.title ?? 'Rehab First',
    status: 'active',
    ...told(attributes),
    type: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/library-type', code: 'asset-collection' }],
    },
    description: `${knowledge.services[0]?.description ?? ''} Revision ${knowledge.revision}.`.trim(),
    relatedArtifact: [
      ...parts.map(
        ({ resourceType, id = '', url, version: own }): RelatedArtifact => ({
          type: 'composed-of',
          resource: `${url ?? canonical(resourceType, id)}${own === undefined ? '' : `|${own}`}`,
        }),
      ),
      ...citationsOf([...knowledge.sources.values()]),
    ],
    content: [
      {
        contentType: 'text/markdown',
        title: 'The whole pack, to be read and signed',
        data: Buffer.from(signOffDocument(knowledge)).toString('base64'),
      },
    ],
  };
}
