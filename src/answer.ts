import type { CdsResponse, HookRequest } from './cds-hooks/types.ts';
import { assembleSlices } from './chart/assemble.ts';
import { Chart } from './chart/chart.ts';
import type { FhirReader, Slice } from './chart/slice.ts';
import { isAboutAnother } from './chart/subject.ts';
import { dayIn } from './clinical/dates.ts';
import { InvalidRequest, UnknownService, WrongPatient } from './errors.ts';
import type { Knowledge, ServiceDefinition } from './knowledge/types.ts';
import { string } from './logic/json.ts';
import { type Order, readDrafts, selectedOrders, withReasons } from './orders/order.ts';
import { classify, type OrderClass, type ScopedOrder } from './orders/scope.ts';
import { renderCard } from './render/card.ts';
import { type Decision, decide } from './rules/decide.ts';
import { joinWords, type Words } from './terminology/words.ts';

/** What answering needs beside the request. */
export interface Deps {
  readonly knowledge: Knowledge;
  /** IANA zone in which "today" is taken. */
  readonly timeZone: string;
  readonly clock: () => Date;
  /** A reader for the call's FHIR server; undefined when this call gives no access to one. */
  readonly openReader: (request: HookRequest) => FhirReader | undefined;
  /** Judge orders too whose class has no card but drafts, for whoever reviews them. */
  readonly considersDrafts?: boolean;
}

/** One call, considered: the cards, and everything that led to them. */
export interface Considered {
  readonly response: CdsResponse;
  /** Orders that the cards are about; none, and nothing else was looked at. */
  readonly scoped: readonly ScopedOrder[];
  readonly slices: ReadonlyMap<string, Slice>;
  readonly decision?: Decision;
}

const NOTHING_TO_SAY: Considered = { response: { cards: [] }, scoped: [], slices: new Map() };

/**
 * Answers one hook call: the whole path, from a checked request to cards. Most calls end at the first step, without looking at the
 * chart. Only `assembleSlices` waits for anything; from there on everything is pure.
 *
 * @throws UnknownService, InvalidRequest, WrongPatient, and ChartIncomplete when a required slice could be neither prefetched nor read.
 */
export async function considerCall(serviceId: string, request: HookRequest, deps: Deps): Promise<Considered> {
  const { knowledge } = deps;
  const service = serviceFor(serviceId, request, knowledge);
  const drafts = readDrafts(request.context);
  const isWanted = ({ orderClass }: ScopedOrder) => deps.considersDrafts === true || isLive(orderClass, service);
  const candidates = scopeOf(selectedOrders(request.context, drafts), service, knowledge).filter(isWanted);
  if (candidates.length === 0) return NOTHING_TO_SAY;
  refuseOtherPatients(candidates, request.context.patientId);

  const slices = await readSlices(candidates, service, request, deps);
  const chart = new Chart(slices);
  const scoped = scopeOf(
    candidates.map(({ order }) => withReasons(order, reasonsIn(chart, order, slices.keys()))),
    service,
    knowledge,
  ).filter((one) => one.regionFrom !== 'open' && isWanted(one));
  if (scoped.length === 0) return { ...NOTHING_TO_SAY, slices };

  const today = dayIn(deps.clock(), deps.timeZone);
  const { context } = request;
  const decision = decide({ service, scoped, drafts, context, chart, today, terminology: knowledge.terminology });
  const { shown } = decision;
  const removable = scoped
    .filter(({ orderClass }) => orderClass.family === shown?.scoped.orderClass.family)
    .map(({ order }) => order);
  const card = shown && renderCard(shown, { request, knowledge, removable, today });
  return { response: { cards: card === undefined ? [] : [card] }, scoped, slices, decision };
}

function serviceFor(id: string, { hook }: HookRequest, { services }: Knowledge): ServiceDefinition {
  const sameId = services.filter((service) => service.id === id);
  if (sameId.length === 0) throw new UnknownService('There is no CDS service with this id.');
  const service = sameId.find((one) => one.hook === hook);
  if (service === undefined)
    throw new InvalidRequest('This CDS service does not serve this hook.', [
      { pointer: '/hook', message: 'is not a hook of this service' },
    ]);
  return service;
}

const scopeOf = (
  orders: readonly Order[],
  { orderClasses }: ServiceDefinition,
  { terminology }: Knowledge,
): ScopedOrder[] => orders.flatMap((order) => classify(order, orderClasses, terminology) ?? []);

/** Whether a clinician can see a card of this class: drafts alone must not cost a call anything, nor silence other orders. */
const isLive = (orderClass: OrderClass, { cards }: ServiceDefinition): boolean =>
  cards.some((card) => card.orderClass === orderClass && card.status === 'active');

function refuseOtherPatients(scoped: readonly ScopedOrder[], patientId: string): void {
  const wrong = scoped.filter(({ order }) => isAboutAnother(order.body, patientId));
  if (wrong.length > 0) {
    throw new WrongPatient(
      'An order is about another patient than context.patientId.',
      wrong.map(({ order }) => ({
        pointer: `/context/draftOrders/entry/${order.index}/resource/subject`,
        message: 'is another patient',
      })),
    );
  }
}

/** The slices that the cards of these orders may need, and no others. */
function readSlices(
  candidates: readonly ScopedOrder[],
  service: ServiceDefinition,
  request: HookRequest,
  deps: Deps,
): Promise<ReadonlyMap<string, Slice>> {
  const classes = new Set(candidates.map(({ orderClass }) => orderClass));
  const cards = service.cards.filter(({ orderClass }) => classes.has(orderClass));
  const wanted = new Set([...service.slices, ...cards.flatMap((card) => [...card.slices])]);
  const definitions = [...deps.knowledge.slices.values()].filter(({ name }) => wanted.has(name));
  const reader = deps.openReader(request);
  return assembleSlices({ definitions, request, ...(reader && { openReader: () => reader }) });
}

/** Reasons that the order refers to and the chart holds. */
function reasonsIn(chart: Chart, { openReasons }: Order, slices: Iterable<string>): ReadonlyMap<string, Words> {
  if (openReasons.length === 0) return new Map();
  const found = new Map<string, Words>();
  for (const slice of slices) {
    for (const { reference, what, site } of chart.entries(slice)) {
      if (openReasons.includes(string(reference) ?? '')) found.set(reference, joinWords(what, site));
    }
  }
  return found;
}
