import type { Caller, Card, CdsResponse, HookRequest } from './cds-hooks/types.ts';
import { assembleSlices } from './chart/assemble.ts';
import { Chart } from './chart/chart.ts';
import type { FhirReader, Slice } from './chart/slice.ts';
import { isAboutAnother } from './chart/subject.ts';
import { dayIn } from './clinical/dates.ts';
import { InvalidRequest, UnknownService, WrongPatient } from './errors.ts';
import { neededSlices } from './knowledge/needed-slices.ts';
import type { Knowledge, ServiceDefinition } from './knowledge/types.ts';
import { string } from './logic/json.ts';
import { type Order, readDrafts, selectedOrders } from './orders/order.ts';
import { classify, type OrderClass, type ScopedOrder } from './orders/scope.ts';
import { renderCard } from './render/card.ts';
import { type Decision, decide, type Judgement } from './rules/decide.ts';
import { joinWords, type Words } from './terminology/words.ts';

/** What answering needs beside the request. */
export interface Deps {
  readonly knowledge: Knowledge;
  /** IANA zone in which "today" is taken. */
  readonly timeZone: string;
  readonly clock: () => Date;
  /** A reader for the call's FHIR server; undefined when this call gives no access to one. */
  readonly openReader: (request: HookRequest, caller: Caller) => FhirReader | undefined;
  /** Judge orders too whose class has no card but drafts, for whoever reviews them. */
  readonly considersDrafts?: boolean;
  /** Whether a caller is shown nothing yet. Absent: nobody. */
  readonly isSilent?: (caller: Caller) => boolean;
  /** Whether a caller asked for ratings of orders. Absent: nobody. */
  readonly isRated?: (caller: Caller) => boolean;
  /** Base URL under which a caller's doctors reach `/knowledge`. Absent: they do not. */
  readonly pagesUrl?: (caller: Caller) => string | undefined;
  /** Whether a card about this kind of order was answered lately. Absent: nothing is remembered. */
  readonly isAnswered?: (about: Subject) => Promise<boolean>;
}

/** What a quiet period is about. */
export interface Subject {
  readonly caller: Caller;
  readonly patientId: string;
  readonly orderClass: OrderClass;
  /** Only answers to this card count; absent: to any card about the order class. */
  readonly card?: string;
  readonly days: number;
}

/** What is known of a call on the way, for whoever records it: when the call fails, what was known by then. */
export interface Journal {
  /** Orders in scope. */
  orders: readonly ScopedOrder[];
  /** Whether none of them can get a card that is shown. */
  isDraftOnly: boolean;
  /** Milliseconds by step. */
  readonly timings: Record<string, number>;
}

export const newJournal = (): Journal => ({ orders: [], isDraftOnly: false, timings: {} });

/** One call, considered: the cards, and everything that led to them. */
export interface Considered {
  readonly response: CdsResponse;
  /** Orders that the cards are about; none, and nothing else was looked at. */
  readonly scoped: readonly ScopedOrder[];
  readonly slices: ReadonlyMap<string, Slice>;
  readonly decision?: Decision;
  /** What drafts would say of orders that no other card is about. */
  readonly drafts?: Decision;
  /** Why the card that was decided on is not shown: it was answered lately, or the caller is shown nothing yet. */
  readonly withheld?: 'quiet' | 'silent';
}

const NOTHING_TO_SAY: Considered = { response: { cards: [] }, scoped: [], slices: new Map() };
/** An EHR sends a handful. Each takes milliseconds to judge, during which everybody else waits. */
const MOST_ORDERS = 50;
/** Of these orders together, for the same reason. */
const MOST_REASONS = 1000;
const NOBODY: Caller = { client: '', tenant: '' };

/**
 * Answers one hook call: the whole path, from a checked request to cards. Most calls end at the first step, without looking at the
 * chart. It waits for slices and for what was answered before; everything else is pure.
 *
 * @throws UnknownService, InvalidRequest, WrongPatient, and ChartIncomplete when a required slice could be neither prefetched nor read.
 */
export async function considerCall(
  serviceId: string,
  request: HookRequest,
  deps: Deps,
  caller: Caller = NOBODY,
  journal: Journal = newJournal(),
): Promise<Considered> {
  const { knowledge } = deps;
  const { context } = request;
  const service = serviceFor(serviceId, request, knowledge);
  const drafts = readDrafts(context);
  const isWanted = ({ orderClass }: ScopedOrder) => deps.considersDrafts === true || isLive(orderClass, service);
  const candidates = scopeOf(selectedOrders(context, drafts), service, knowledge).filter(isWanted);
  if (candidates.length === 0) return NOTHING_TO_SAY;
  enter(journal, candidates, service);
  refuseTooMany(candidates);
  refuseOtherPatients(candidates, context.patientId);

  const slices = await timed(journal, 'chart', () => readSlices(candidates, service, request, caller, deps));
  const chart = new Chart(slices);
  const scoped = candidates
    .flatMap((one) => {
      const order = one.order.with(reasonsIn(chart, one.order, slices.keys()));
      return order === one.order ? one : scopeOf([order], service, knowledge);
    })
    .filter((one) => one.regionFrom !== 'open' && isWanted(one));
  enter(journal, scoped, service);
  if (scoped.length === 0) return { ...NOTHING_TO_SAY, slices };

  const today = dayIn(deps.clock(), deps.timeZone);
  const live = scoped.filter(({ orderClass }) => isLive(orderClass, service));
  const others = scoped.filter((order) => !live.includes(order));
  const judge = (orders: readonly ScopedOrder[]) =>
    decide({ service, scoped: orders, drafts, context, chart, today, terminology: knowledge.terminology });
  const [decision, unshown] = await timed(journal, 'judge', () => [
    live.length > 0 ? judge(live) : undefined,
    others.length > 0 ? judge(others) : undefined,
  ]);
  const considered = { scoped, slices, ...(decision && { decision }), ...(unshown && { drafts: unshown }) };
  const shown = decision?.shown;
  if (shown === undefined) return { ...considered, response: { cards: [] } };
  const withheld = await timed(journal, 'memory', () => reasonToWithhold(shown, service, request, caller, deps));
  if (withheld !== undefined) return { ...considered, withheld, response: { cards: [] } };
  const removable = live
    .filter(({ orderClass }) => orderClass.family === shown.scoped.orderClass.family)
    .map(({ order }) => order);
  const card = await timed(journal, 'render', () =>
    renderCard(shown, {
      ...{ request, caller, knowledge, removable, today },
      isRated: deps.isRated?.(caller) ?? false,
      pagesUrl: deps.pagesUrl?.(caller),
    }),
  );
  return { ...considered, response: card === undefined ? { cards: [] } : { cards: [card], ...ratingsIn(card) } };
}

/** The rating that a suggestion of the card gives the order is given at once, too. */
function ratingsIn({ suggestions = [] }: Card): Omit<CdsResponse, 'cards'> {
  const systemActions = suggestions.flatMap(({ actions }) => actions).filter(({ type }) => type === 'update');
  return systemActions.length === 0 ? {} : { systemActions, extension: { systemActions } };
}

function enter(journal: Journal, orders: readonly ScopedOrder[], service: ServiceDefinition): void {
  journal.orders = orders;
  journal.isDraftOnly = orders.every(({ orderClass }) => !isLive(orderClass, service));
}

async function timed<T>({ timings }: Journal, step: string, work: () => T | Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    timings[step] = performance.now() - startedAt;
  }
}

async function reasonToWithhold(
  { scoped: { orderClass }, card }: Judgement,
  { quietPeriod }: ServiceDefinition,
  { context: { patientId } }: HookRequest,
  caller: Caller,
  { isSilent, isAnswered }: Deps,
): Promise<Considered['withheld']> {
  if (isSilent?.(caller)) return 'silent';
  if (quietPeriod === undefined || isAnswered === undefined) return undefined;
  const own = card.quiet === 'own' ? { card: card.id } : {};
  return (await isAnswered({ caller, patientId, orderClass, ...own, days: quietPeriod.value })) ? 'quiet' : undefined;
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

function refuseTooMany(scoped: readonly ScopedOrder[]): void {
  const reasons = scoped.reduce((sum, { order }) => sum + order.reasons.length + order.openReasons.length, 0);
  if (reasons > MOST_REASONS) {
    throw new InvalidRequest(`No more than ${MOST_REASONS} reasons of orders can be judged in one call.`, [
      { pointer: '/context/draftOrders', message: `has orders that cards are about with ${reasons} reasons` },
    ]);
  }
  if (scoped.length <= MOST_ORDERS) return;
  throw new InvalidRequest(`No more than ${MOST_ORDERS} orders that cards are about can be judged in one call.`, [
    { pointer: '/context/draftOrders', message: `has ${scoped.length} orders that cards are about` },
  ]);
}

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

function readSlices(
  candidates: readonly ScopedOrder[],
  service: ServiceDefinition,
  request: HookRequest,
  caller: Caller,
  deps: Deps,
): Promise<ReadonlyMap<string, Slice>> {
  const classes = new Set(candidates.map(({ orderClass }) => orderClass));
  const definitions = neededSlices(classes, service, deps.knowledge);
  const reader = deps.openReader(request, caller);
  return assembleSlices({ definitions, request, ...(reader && { openReader: () => reader }) });
}

/** Reasons that the order refers to and the chart holds. */
function reasonsIn(chart: Chart, { openReasons }: Order, slices: Iterable<string>): ReadonlyMap<string, Words> {
  if (openReasons.length === 0) return new Map();
  const wanted = new Set(openReasons);
  const found = new Map<string, Words>();
  for (const slice of slices) {
    for (const { reference, what, site } of chart.entries(slice)) {
      if (wanted.has(string(reference) ?? '')) found.set(reference, joinWords(what, site));
    }
  }
  return found;
}
