import { type Considered, considerCall, type Deps, type Journal, newJournal } from '../answer.ts';
import type { HookRequest, RawResource } from '../cds-hooks/types.ts';
import { ServiceError } from '../errors.ts';
import { stateOf } from '../facts/reading.ts';
import type { Knowledge, ServiceDefinition } from '../knowledge/types.ts';
import { at } from '../logic/json.ts';
import type { Judgement } from '../rules/decide.ts';
import { deciding, testsOf } from '../rules/evaluate.ts';
import { historyOf, type PastOrder, sittingsOf } from './history.ts';
import { asThen, knowing } from './known.ts';
import { readerOver } from './search.ts';
import { type Source, sourcesOf } from './sources.ts';

/** One patient's resources by type, read when they are first asked for. */
export type Resources = (type: string) => readonly RawResource[];

/** How an order would have ended. `beside`: another order of the same call has the card. `draft`: its class has draft cards only. */
export type Came = 'shown' | 'quiet' | 'beside' | 'silent' | 'unknown' | 'fails' | 'failed' | 'draft';

/** One order, replayed. */
export interface Replayed {
  readonly order: PastOrder;
  /** Absent when no card is about such an order. */
  readonly scope?: {
    readonly orderClass: string;
    readonly came: Came;
    /** The card that fires, or the first that does not. */
    readonly judgement?: Judgement;
    /** The criterion that silenced, the fact that decided, or the failure. */
    readonly why: string;
    readonly considered?: Considered;
  };
}

/** A pack to replay against. */
export interface Pack {
  readonly knowledge: Knowledge;
  readonly service: ServiceDefinition;
  readonly sources: readonly Source[];
}

/** What the export is known not to hold: types that cannot be had at all. */
export interface Gaps {
  readonly types: ReadonlySet<string>;
}

/** What one patient's history came to, by pack. */
export interface PatientHistory {
  readonly replayed: readonly (readonly Replayed[])[];
  readonly left: Readonly<Record<string, number>>;
  /** Resources without any date that were left out of some chart, by type. */
  readonly undated: Readonly<Record<string, number>>;
}

const HOOK_INSTANCE = '00000000-0000-4000-8000-000000000000';
const MS_PER_DAY = 86_400_000;

/** The pack with the service that orders are replayed against. @throws Error when it serves no hook */
export function packOf(knowledge: Knowledge): Pack {
  const service = knowledge.services.find(({ hook }) => hook === 'order-select') ?? knowledge.services[0];
  if (service === undefined) throw new Error('This pack serves no hook.');
  return { knowledge, service, sources: sourcesOf(knowledge) };
}

/**
 * Replays a patient's orders, earliest first, those made together as one call, as if it were made then: with what was in the chart by
 * that moment, on that day, and with a card about the same kind of order taken as answered when it was shown.
 */
export async function replayPatient(
  patientId: string,
  look: Resources,
  packs: readonly Pack[],
  gaps: Gaps,
): Promise<PatientHistory> {
  const { orders, left } = historyOf(look);
  const undated = new Map<string, string>();
  const sittings = sittingsOf(orders);
  const replayed: Replayed[][] = [];
  for (const pack of packs) {
    const shownOn = new Map<string, number>();
    const own: Replayed[] = [];
    for (const sitting of sittings)
      own.push(...(await replayCall({ patientId, sitting, look, pack, gaps, shownOn, undated })));
    replayed.push(own);
  }
  const counts: Record<string, number> = {};
  for (const type of undated.values()) counts[type] = (counts[type] ?? 0) + 1;
  return { replayed, left, undated: counts };
}

/** One call of the past. */
interface PastCall {
  readonly patientId: string;
  /** At least one order. */
  readonly sitting: readonly PastOrder[];
  readonly look: Resources;
  readonly pack: Pack;
  readonly gaps: Gaps;
  /** The day of the last card, by order class. */
  readonly shownOn: Map<string, number>;
  /** Resources that were left out as they have no date: type by reference. */
  readonly undated: Map<string, string>;
}

async function replayCall(call: PastCall): Promise<Replayed[]> {
  const { sitting, pack, shownOn } = call;
  const { knowledge, service } = pack;
  const today = sitting[0]?.moment.days.min ?? 0;
  const journal = newJournal();
  const deps: Deps = {
    knowledge,
    timeZone: 'UTC',
    clock: () => new Date((today + 0.5) * MS_PER_DAY),
    openReader: () => readerOver(chartThen(call)),
    considersDrafts: true,
    isAnswered: async ({ orderClass, days }) =>
      today - (shownOn.get(orderClass.name) ?? Number.NEGATIVE_INFINITY) < days,
  };
  try {
    const considered = await considerCall(service.id, requestFor(call), deps, undefined, journal);
    return sitting.map((order, index) => {
      const scope = scopeOf(index, considered);
      if (scope?.came === 'shown') shownOn.set(scope.orderClass, today);
      return { order, ...(scope && { scope }) };
    });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return sitting.map((order, index) => ({ order, ...failed(index, journal, error) }));
  }
}

function failed(index: number, { orders }: Journal, { code }: ServiceError): Pick<Replayed, 'scope'> {
  const scoped = orders.find(({ order }) => order.index === index);
  return scoped === undefined ? {} : { scope: { orderClass: scoped.orderClass.name, came: 'failed', why: code } };
}

function requestFor({ patientId, sitting, pack }: PastCall): HookRequest {
  const { hook } = pack.service;
  const { encounterId, clinician = 'Practitioner/unknown' } = sitting[0] ?? {};
  const drafts = sitting.map(({ draft }) => draft);
  return {
    hook,
    hookInstance: HOOK_INSTANCE,
    context: {
      userId: clinician,
      patientId,
      ...(encounterId !== undefined && { encounterId }),
      ...(hook === 'order-select' && { selections: drafts.map(({ resourceType, id }) => `${resourceType}/${id}`) }),
      draftOrders: { entry: drafts.map((resource) => ({ resource })) },
    },
  };
}

/** The chart as it was when the orders were made: without them, what came of them, and whatever came later. */
function chartThen({ sitting, look, gaps, undated }: PastCall): (type: string) => readonly RawResource[] | undefined {
  const ours = new Set(sitting.map(({ reference }) => reference));
  const named = new Set(sitting.flatMap((order) => [...order.named]));
  const moment = sitting[0]?.moment;
  const seen = new Map<string, readonly RawResource[]>();
  const knownOf = (type: string) =>
    look(type).flatMap((resource) => {
      const reference = `${type}/${resource.id}`;
      if (moment === undefined || ours.has(reference) || cameOf(resource, ours)) return [];
      const is = knowing(resource, moment, named);
      if (is === 'undated') undated.set(reference, type);
      return is === 'known' ? [asThen(resource, moment)] : [];
    });
  return (type) => {
    if (gaps.types.has(type)) return undefined;
    const known = seen.get(type) ?? knownOf(type);
    seen.set(type, known);
    return known;
  };
}

const cameOf = (resource: RawResource, ours: ReadonlySet<string>): boolean =>
  at(resource, 'basedOn.reference').some(
    (one) => typeof one === 'string' && ours.has(one.split('/').slice(-2).join('/')),
  );

/** What one order of a call came to: the card that is shown for it, else why none is. Undefined when no card is about it. */
function scopeOf(index: number, considered: Considered): Replayed['scope'] {
  const { decision, drafts, withheld, scoped } = considered;
  const own = scoped.find(({ order }) => order.index === index);
  if (own === undefined) return undefined;
  const base = { orderClass: own.orderClass.name, considered };
  const of = (judgements: readonly Judgement[] = []) => judgements.filter((one) => one.scoped.order.index === index);
  const live = of(decision?.judgements).filter(({ card }) => card.status === 'active');
  if (decision === undefined || live.length === 0) {
    const [first, ...rest] = of(drafts?.judgements);
    const judgement = [first, ...rest].find((one) => one?.verdict === 'fires') ?? first;
    const why = drafts?.silencedBy?.criterion ?? judgement?.verdict ?? '';
    return { ...base, came: 'draft', why, ...(judgement && { judgement }) };
  }
  const { shown, silencedBy } = decision;
  if (shown?.scoped.order.index === index)
    return { ...base, came: withheld === undefined ? 'shown' : 'quiet', judgement: shown, why: '' };
  if (silencedBy !== undefined) return { ...base, came: 'silent', why: silencedBy.criterion };
  if (live.some(({ verdict }) => verdict === 'fires')) return { ...base, came: 'beside', why: shown?.card.id ?? '' };
  for (const verdict of ['silent', 'unknown', 'fails'] as const) {
    const judgement = live.find((one) => one.verdict === verdict);
    if (judgement !== undefined) return { ...base, came: verdict, judgement, why: whyNot(judgement) };
  }
  return { ...base, came: 'unknown', why: '' };
}

function whyNot({ verdict, silencedBy, when, tried }: Judgement): string {
  if (verdict === 'silent') return silencedBy ?? '';
  const trace = when.truth === 'holds' ? tried.at(-1) : when;
  return trace === undefined ? '' : (deciding(trace)[0]?.test.fact.label ?? '');
}

/** Something that the cards of an order asked of the chart: to say it, or to be silent. */
export interface Asked {
  readonly for: 'saying' | 'silence';
  readonly state: string;
}

/** What the cards of an order asked of the chart, and whether it was there: by label. */
export function askedOf({ decision, drafts }: Considered): ReadonlyMap<string, Asked> {
  const asked = new Map<string, Asked>();
  for (const { when, silence, caps, tried } of [decision, drafts].flatMap((one) => one?.judgements ?? [])) {
    for (const [traces, what] of [[[...silence, ...caps], 'silence'] as const, [[when, ...tried], 'saying'] as const])
      for (const { test, reading } of traces.flatMap(testsOf))
        if (test.fact.slices.length > 0 && (what === 'saying' || !asked.has(test.fact.label)))
          asked.set(test.fact.label, { for: what, state: stateOf(reading) });
  }
  return asked;
}
