import type { Action, HookRequest, Suggestion } from '../cds-hooks/types.ts';
import { isoDay } from '../clinical/dates.ts';
import type { ActionDefinition, ResourceTemplate, SuggestionDefinition } from '../knowledge/types.ts';
import { deepFreeze } from '../logic/freeze.ts';
import { isObject, list, text } from '../logic/json.ts';
import type { Order } from '../orders/order.ts';
import { rate } from '../orders/rating.ts';
import { isOffered } from '../rules/decide.ts';
import { truthOf } from '../rules/evaluate.ts';
import { uuidOf } from './uuid.ts';
import { type Filling, fillPlain } from './wording.ts';

/** What suggestions are about. */
export interface Proposal {
  readonly request: HookRequest;
  readonly order: Order;
  /** The orders a "remove" takes away: the selected ones of the card's class. */
  readonly removable: readonly Order[];
  readonly indicator: 'info' | 'warning';
  readonly today: number;
  /** Identifies the card; suggestions take their uuid from it. */
  readonly cardUuid: string;
  /** The client asked for ratings of orders. */
  readonly isRated: boolean;
}

/** The suggestions whose conditions hold and whose actions can be carried out. */
export function renderSuggestions(
  definitions: readonly SuggestionDefinition[],
  proposal: Proposal,
  filling: Filling,
): Suggestion[] {
  const common = ofThisOrder(proposal);
  return definitions.flatMap((definition) => {
    if (!isOffered(definition, filling.read)) return [];
    const actions = definition.actions.flatMap((action) => renderAction(action, proposal, common, filling));
    const lacks = (kind: ActionDefinition['kind'], type: Action['type']) =>
      definition.actions.some((action) => action.kind === kind) && !actions.some((action) => action.type === type);
    if (lacks('delete-orders', 'delete') || lacks('rate-order', 'update')) return [];
    const isRecommended =
      proposal.indicator === 'warning' &&
      definition.recommended !== undefined &&
      truthOf(definition.recommended, filling.read) === 'holds';
    return [
      {
        label: fillPlain(definition.label, filling),
        uuid: uuidOf(proposal.cardUuid, definition.name),
        ...(isRecommended && { isRecommended }),
        actions,
      },
    ];
  });
}

function renderAction(action: ActionDefinition, proposal: Proposal, common: object, filling: Filling): Action[] {
  const description = fillPlain(action.description, filling);
  if (action.kind === 'delete-orders') {
    if (proposal.order.reference === undefined) return [];
    return proposal.removable.flatMap(({ reference }) =>
      reference === undefined ? [] : [{ type: 'delete' as const, description, resourceId: reference }],
    );
  }
  if (action.kind === 'rate-order') {
    const { isRated, order } = proposal;
    const resource = isRated && order.reference !== undefined ? rated(order, action.rating) : undefined;
    return resource === undefined ? [] : [{ type: 'update', description, resource }];
  }
  const resource = renderResource(action.resource, filling) as object;
  return [{ type: 'create', description, resource: { ...resource, ...common } }];
}

/** The order as it came, with a rating; undefined while its reasons are not all coded, as what is rated is an order for a reason. */
function rated({ body }: Order, code: string): object | undefined {
  const order = withoutEmpties({ ...body, extension: rate(body, code) }) as Record<string, unknown>;
  const { reasonCode } = order;
  const isCoded = Array.isArray(reasonCode) && reasonCode.every((one) => text(one, 'coding.code') !== undefined);
  return isCoded ? order : undefined;
}

/** What every proposed order has in common: a draft for this patient, for the reasons of the order it stands beside. */
function ofThisOrder({ request, order, today }: Proposal): Record<string, unknown> {
  const { patientId, encounterId, userId } = request.context;
  const reasons = list(order.body.reasonCode).map(withoutEmpties).filter(isObject);
  const references = list(order.body.reasonReference)
    .map(withoutEmpties)
    .filter((one) => isObject(one) && typeof one.reference === 'string' && !one.reference.startsWith('#'));
  return {
    status: 'draft',
    intent: 'order',
    subject: { reference: `Patient/${patientId}` },
    ...(encounterId !== undefined && { encounter: { reference: `Encounter/${encounterId}` } }),
    ...(/^(Practitioner|PractitionerRole)\/[A-Za-z0-9\-.]{1,64}$/.test(userId) && { requester: { reference: userId } }),
    authoredOn: isoDay(today),
    ...(reasons.length > 0 && { reasonCode: reasons }),
    ...(references.length > 0 && { reasonReference: references }),
  };
}

/** Parts of resources without a gap to fill, made once and shared by all cards; undefined where there is one. */
const made = new WeakMap<ResourceTemplate, { readonly value: unknown } | undefined>();

function renderResource(template: ResourceTemplate, filling: Filling): unknown {
  if (!made.has(template)) {
    made.set(template, hasGap(template) ? undefined : { value: deepFreeze(fillResource(template, filling)) });
  }
  const known = made.get(template);
  return known === undefined ? fillResource(template, filling) : known.value;
}

function hasGap(template: ResourceTemplate): boolean {
  switch (template.kind) {
    case 'value':
      return false;
    case 'template':
      return template.template.some(({ kind }) => kind !== 'text');
    case 'list':
      return template.items.some(hasGap);
    case 'object':
      return template.members.some(([, value]) => hasGap(value));
  }
}

function fillResource(template: ResourceTemplate, filling: Filling): unknown {
  switch (template.kind) {
    case 'value':
      return template.value;
    case 'template': {
      const [piece, ...others] = template.template;
      const isNumber = others.length === 0 && piece?.kind === 'number' && piece.plural === undefined;
      return isNumber ? piece.value : fillPlain(template.template, filling);
    }
    case 'list':
      return template.items.map((item) => renderResource(item, filling));
    case 'object':
      return Object.fromEntries(template.members.map(([name, value]) => [name, renderResource(value, filling)]));
  }
}

/** CDS Hooks allows no null, empty string, list or object. */
function withoutEmpties(value: unknown): unknown {
  if (value === null || value === '') return undefined;
  if (Array.isArray(value)) {
    const items = value.map(withoutEmpties).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([name, item]) => {
    const kept = withoutEmpties(item);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
