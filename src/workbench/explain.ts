import { type Considered, considerCall, type Deps } from '../answer.ts';
import type { HookRequest } from '../cds-hooks/types.ts';
import { assembleSlices } from '../chart/assemble.ts';
import { Chart } from '../chart/chart.ts';
import type { Slice } from '../chart/slice.ts';
import { dayIn, isoDay } from '../clinical/dates.ts';
import { UnknownService } from '../errors.ts';
import { type Reading, stateOf } from '../facts/reading.ts';
import type { CardDefinition, Knowledge, ServiceDefinition } from '../knowledge/types.ts';
import type { Range } from '../logic/range.ts';
import type { Judgement } from '../rules/decide.ts';
import type { TestTrace, Trace } from '../rules/evaluate.ts';
import { Glossary } from '../sign-off/glossary.ts';
import type { CardReason, Explanation, Found, Reason, SliceReason } from './explanation.ts';
import { evidenceOfLines, pathwayOf } from './pathway.ts';
import { timelineOf } from './timeline.ts';

const NOBODY = { client: '', tenant: '' };
const MOST_EVIDENCE = 50;
const NO_REASONS = { evidence: [], when: [], silence: [], caps: [], outcomes: [] } as const;

/**
 * Why each card of the pack fires for a call, or not: the same judgement as the call's own answer, told in full. Nothing is recorded.
 *
 * @throws what answering the call would throw
 */
export async function explainCall(request: HookRequest, deps: Deps): Promise<Explanation> {
  const { knowledge } = deps;
  const service = knowledge.services.find(({ hook }) => hook === request.hook);
  if (service === undefined) throw new UnknownService('No service of this pack serves this hook.');
  const considered = await considerCall(service.id, request, { ...deps, considersDrafts: true });
  const today = dayIn(deps.clock(), deps.timeZone);
  const judgements = [considered.decision, considered.drafts].flatMap((one) => one?.judgements ?? []);
  const shown = considered.response.cards.length > 0 ? considered.decision?.shown : undefined;
  const { silencedBy, withheld } = { silencedBy: considered.decision?.silencedBy, withheld: considered.withheld };
  const decision = considered.decision ?? considered.drafts;
  const slices = await slicesFor(request, service, deps);
  const timeline = timelineOf(new Chart(slices), slices.keys(), knowledge, today);
  const isWhole = [...slices.values()].every(({ state }) => state === 'complete');
  return {
    today: isoDay(today),
    service: service.id,
    knowledge: knowledge.revision,
    orders: ordersOf(considered),
    slices: slicesOf(considered, knowledge),
    ...(silencedBy && { silencedBy: titleOf(service, silencedBy.criterion) }),
    ...(withheld && { withheld }),
    cards: service.cards.map((card) => cardOf(card, judgements, shown, service, knowledge)),
    timeline,
    pathway: decision === undefined ? [] : pathwayOf({ decision, ladder: knowledge.ladder, timeline, isWhole }),
  };
}

const ordersOf = ({ scoped }: Considered): Explanation['orders'] =>
  scoped.map(({ order, orderClass, recognisedBy, regionFrom }) => ({
    order: order.reference ?? `#${order.index + 1}`,
    isA: orderClass.title,
    recognisedBy,
    regionFrom,
  }));

const slicesOf = ({ slices }: Considered, knowledge: Knowledge): SliceReason[] =>
  [...slices].map(([name, slice]) => ({
    name,
    label: knowledge.slices.get(name)?.label ?? name,
    state: slice.state,
    count: slice.state === 'unavailable' ? 0 : slice.resources.length,
  }));

const titleOf = ({ silence }: ServiceDefinition, name: string): string =>
  silence.find((criterion) => criterion.name === name)?.title ?? name;

/** The whole chart that this call gives access to, also when no order is in scope and answering it would not look. */
function slicesFor(
  request: HookRequest,
  service: ServiceDefinition,
  { knowledge, openReader }: Deps,
): Promise<ReadonlyMap<string, Slice>> {
  const reader = openReader(request, NOBODY);
  const definitions = service.published.flatMap((name) => {
    const slice = knowledge.slices.get(name);
    return slice === undefined ? [] : [{ ...slice, required: false }];
  });
  return assembleSlices({ definitions, request, ...(reader && { openReader: () => reader }) });
}

function cardOf(
  card: CardDefinition,
  judgements: readonly Judgement[],
  shown: Judgement | undefined,
  service: ServiceDefinition,
  knowledge: Knowledge,
): CardReason {
  const toReason = (trace: Trace) => reasonOf(trace, knowledge);
  const { id, version, title, status, orderClass } = card;
  const about = { id, version, title, status, about: orderClass.title };
  const mine = judgements.filter((judgement) => judgement.card === card);
  const judgement = mine.find((one) => one === shown) ?? mine.find(({ verdict }) => verdict === 'fires') ?? mine[0];
  if (judgement === undefined) return { ...about, verdict: 'other-order', isShown: false, ...NO_REASONS };
  const { verdict, silencedBy, outcome, indicator, when, silence, caps, tried } = judgement;
  const criterion = [...service.silence, ...card.silence].find(({ name }) => name === silencedBy);
  return {
    ...about,
    verdict,
    isShown: judgement === shown,
    ...(silencedBy !== undefined && { silencedBy: criterion?.title ?? silencedBy }),
    ...(outcome && { outcome: outcome.id }),
    ...(indicator && { indicator }),
    evidence: evidenceOfLines(judgement),
    when: [toReason(when)],
    silence: silence.map(toReason),
    caps: caps.map(toReason),
    outcomes: tried.map((trace, index) => nameOutcome(toReason(trace), card, index)),
  };
}

/** Outcomes with a condition are tried in order, so the n-th trace is that of the n-th of them. */
function nameOutcome(reason: Reason, { outcomes }: CardDefinition, index: number): Reason {
  const id = outcomes.filter(({ when }) => when !== undefined)[index]?.id;
  return id === undefined ? reason : { ...reason, outcome: id };
}

function reasonOf(trace: Trace, knowledge: Knowledge): Reason {
  const { truth } = trace;
  if (trace.kind === 'test') return testReason(trace, knowledge);
  if (trace.kind === 'criterion') {
    const { name, title } = trace.criterion;
    const body = reasonOf(trace.body, knowledge);
    if (body.says === title) return body;
    const parts = trace.body.kind === 'group' ? body.parts : [body];
    return { says: title, truth, criterion: name, evidence: [], parts };
  }
  return { group: trace.op, truth, evidence: [], parts: trace.parts.map((part) => reasonOf(part, knowledge)) };
}

function testReason({ test, reading, truth, byDefault }: TestTrace, knowledge: Knowledge): Reason {
  const glossary = new Glossary(knowledge);
  return {
    says: glossary.condition(test),
    truth,
    found: foundIn(reading, test.of, knowledge, glossary),
    ...(byDefault && { byDefault }),
    evidence: reading.evidence.slice(0, MOST_EVIDENCE),
    parts: [],
  };
}

function foundIn(reading: Reading, of: string, { slices }: Knowledge, glossary: Glossary): Found {
  const unread = reading.unread.map((name) => slices.get(name)?.label ?? name);
  if (reading.names !== undefined) {
    const names = reading.names.certain.map((name) => glossary.called(name));
    return { names, isOpen: reading.names.open, unread };
  }
  const state = stateOf(reading);
  if (state === 'unavailable') return { isUnavailable: true, unread };
  if (state === 'absent' && of === 'count') return { names: [], unread };
  return { ...boundsOf(of === 'count' ? reading.count : reading.measures[of]), unread };
}

function boundsOf(range: Range | undefined): Pick<Found, 'least' | 'most' | 'isNever'> {
  if (range === undefined) return {};
  const { min, max } = range;
  if (min === Number.POSITIVE_INFINITY) return { isNever: true };
  return { least: min, ...(max !== Number.POSITIVE_INFINITY && { most: max }) };
}
