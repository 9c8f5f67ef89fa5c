import { type Considered, considerCall, type Deps } from '../answer.ts';
import type { HookRequest } from '../cds-hooks/types.ts';
import { assembleSlices } from '../chart/assemble.ts';
import { Chart } from '../chart/chart.ts';
import type { Slice } from '../chart/slice.ts';
import { dayIn, isoDay } from '../clinical/dates.ts';
import { UnknownService } from '../errors.ts';
import { type Reading, stateOf } from '../facts/reading.ts';
import { neededSlices } from '../knowledge/needed-slices.ts';
import type { CardDefinition, Knowledge, ServiceDefinition, Test } from '../knowledge/types.ts';
import type { Range } from '../logic/range.ts';
import { readDrafts } from '../orders/order.ts';
import type { ScopedOrder } from '../orders/scope.ts';
import { factReader, type Judgement } from '../rules/decide.ts';
import type { CriterionTrace, GroupTrace, TestTrace, Trace } from '../rules/evaluate.ts';
import { Glossary, unitIn } from '../sign-off/glossary.ts';
import { templateText } from '../sign-off/wording.ts';
import type { CardReason, Explanation, Found, Reason, SliceReason, Unshown } from './explanation.ts';
import { evidenceOfLines, pathwayOf } from './pathway.ts';
import { timelineOf } from './timeline.ts';

const NOBODY = { client: '', tenant: '' };
const MOST_EVIDENCE = 50;
/** How a test that must not hold is told. */
const OPPOSITES: Readonly<Partial<Record<Test['is'], Test['is']>>> = {
  present: 'missing',
  missing: 'present',
  'at-least': 'below',
  below: 'at-least',
  'at-most': 'above',
  above: 'at-most',
};
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
  const { silencedBy, withheld } = { silencedBy: considered.decision?.silencedBy, withheld: considered.withheld };
  const decision = considered.decision ?? considered.drafts;
  const slices = await slicesFor(request, service, deps);
  const chart = new Chart(slices);
  const timeline = timelineOf(chart, slices.keys(), knowledge, today);
  const isWhole = [...slices.values()].every(({ state }) => state === 'complete');
  const { context } = request;
  const { ladder, terminology } = knowledge;
  const readerFor = (scoped: ScopedOrder) =>
    factReader({ chart, context, drafts: readDrafts(context), today, terminology }, scoped);
  return {
    today: isoDay(today),
    service: service.id,
    knowledge: knowledge.revision,
    orders: ordersOf(considered),
    slices: slicesOf(considered, knowledge),
    ...(silencedBy && { silencedBy: titleOf(service, silencedBy.criterion) }),
    ...(withheld && { withheld }),
    cards: service.cards.map((card) => cardOf(card, considered, service, knowledge)),
    timeline,
    pathway: decision === undefined ? [] : pathwayOf({ decision, ladder, timeline, isWhole, readerFor }),
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
  const needed = neededSlices(new Set(service.orderClasses), service, knowledge);
  const definitions = needed.map((slice) => ({ ...slice, required: false }));
  return assembleSlices({ definitions, request, ...(reader && { openReader: () => reader }) });
}

function cardOf(
  card: CardDefinition,
  considered: Considered,
  service: ServiceDefinition,
  knowledge: Knowledge,
): CardReason {
  const toReason = (trace: Trace) => reasonOf(trace, knowledge);
  const { id, version, title, status, orderClass } = card;
  const about = { id, version, title, status, about: orderClass.title };
  const { decision, drafts } = considered;
  const mine = [decision, drafts].flatMap((one) => one?.judgements ?? []).filter((one) => one.card === card);
  const chosen = mine.find((one) => one === decision?.shown);
  const judgement = chosen ?? mine.find(({ verdict }) => verdict === 'fires') ?? mine[0];
  if (judgement === undefined) return { ...about, verdict: 'other-order', isShown: false, ...NO_REASONS };
  const { verdict, silencedBy, outcome, indicator, when, silence, caps, tried } = judgement;
  const criterion = [...service.silence, ...card.silence].find(({ name }) => name === silencedBy);
  const unshown = verdict === 'fires' ? unshownFor(judgement, considered) : undefined;
  return {
    ...about,
    verdict,
    isShown: verdict === 'fires' && unshown === undefined,
    ...(unshown && { unshown }),
    ...(silencedBy !== undefined && { silencedBy: criterion?.title ?? silencedBy }),
    ...(outcome && { outcome: outcome.id }),
    ...(indicator && { indicator }),
    evidence: evidenceOfLines(judgement),
    when: apart(toReason(when)),
    silence: silence.map(toReason),
    caps: caps.map((trace) => capReason(trace, knowledge)),
    outcomes: [
      ...tried.map((trace, index) => nameOutcome(toReason(trace), card, index)),
      ...otherwise(outcome, knowledge),
    ],
  };
}

/** The parts of a group all of which must hold, which need no line of its own under a heading. */
const apart = (reason: Reason): readonly Reason[] =>
  reason.says === undefined && reason.group === 'all' ? reason.parts : [reason];

/** Why a card that fires is not shown; undefined when it is. */
function unshownFor(judgement: Judgement, { decision, withheld }: Considered): Unshown | undefined {
  if (judgement.card.status !== 'active') return 'draft';
  if (decision?.silencedBy !== undefined) return 'silent-call';
  return judgement === decision?.shown ? withheld : 'other-first';
}

/** The outcome that asks for nothing, when it came to that. */
function otherwise(outcome: Judgement['outcome'], knowledge: Knowledge): Reason[] {
  if (outcome === undefined || outcome.when !== undefined) return [];
  const says = new Glossary(knowledge).words.outcome.otherwise;
  return [{ says, truth: 'holds', outcome: outcome.id, evidence: [], parts: [] }];
}

/** Outcomes with a condition are tried in order, so the n-th trace is that of the n-th of them. */
function nameOutcome(reason: Reason, { outcomes }: CardDefinition, index: number): Reason {
  const id = outcomes.filter(({ when }) => when !== undefined)[index]?.id;
  return id === undefined ? reason : { ...reason, outcome: id };
}

/** What lowers a card, as the card then says it. */
function capReason(trace: Trace, knowledge: Knowledge): Reason {
  const reason = reasonOf(trace, knowledge);
  const says = trace.kind === 'criterion' ? trace.criterion.says : undefined;
  if (says === undefined) return reason;
  const { test: _, ...rest } = reason;
  return { ...rest, says: templateText(says, new Glossary(knowledge).words) };
}

/** A condition as the page lists it: no title twice on the way down, and no group of one. */
function reasonOf(trace: Trace, knowledge: Knowledge, above?: string): Reason {
  switch (trace.kind) {
    case 'test':
      return testReason(trace, knowledge);
    case 'criterion':
      return criterionReason(trace, knowledge, above);
    case 'group':
      return groupReason(trace, knowledge, above);
  }
}

function criterionReason({ criterion, body, truth }: CriterionTrace, knowledge: Knowledge, above?: string): Reason {
  const { name, title } = criterion;
  const reason = reasonOf(body, knowledge, title);
  const { says, test, parts } = reason;
  if (title === above || says === title) return reason;
  if (says === undefined) return { ...reason, says: title, criterion: name };
  if (parts.length === 0 && test === undefined) return { ...reason, says: title, test: says };
  return { says: title, truth, criterion: name, evidence: [], parts: [reason] };
}

function groupReason({ op, truth, parts: traces }: GroupTrace, knowledge: Knowledge, above?: string): Reason {
  const opposite = op === 'none' && traces.length === 1 ? oppositeOf(traces[0]) : undefined;
  if (opposite !== undefined) return testReason({ ...opposite, truth }, knowledge);
  const isSame = ({ says, group }: Reason) => says === undefined && group === op && op !== 'none';
  const parts = traces
    .map((part) => reasonOf(part, knowledge, above))
    .flatMap((part) => (isSame(part) ? part.parts : [part]));
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only === undefined || (op === 'none' && only.says === undefined))
    return { group: op, truth, evidence: [], parts };
  if (op !== 'none') return only;
  const { says = '', test = says, ...rest } = only;
  return { ...rest, truth, says: new Glossary(knowledge).words.not(test) };
}

/** For a condition of a single test, the test that says that it does not hold. */
function oppositeOf(trace: Trace | undefined): TestTrace | undefined {
  if (trace?.kind === 'criterion') return oppositeOf(trace.body);
  const is = trace?.kind === 'test' ? OPPOSITES[trace.test.is] : undefined;
  return trace?.kind === 'test' && is !== undefined ? { ...trace, test: { ...trace.test, is } } : undefined;
}

function testReason({ test, reading, truth, byDefault }: TestTrace, knowledge: Knowledge): Reason {
  const glossary = new Glossary(knowledge, { hasIds: false });
  return {
    says: glossary.sentence(test),
    truth,
    found: foundIn(test, reading, knowledge, glossary),
    ...(byDefault && { byDefault }),
    evidence: reading.evidence.slice(0, MOST_EVIDENCE),
    parts: [],
  };
}

function foundIn({ is, of, limit }: Test, reading: Reading, { slices }: Knowledge, glossary: Glossary): Found {
  const { names, label, count, measures, evidence } = reading;
  const unread = reading.unread.map((name) => slices.get(name)?.label ?? name);
  if (is === 'readable') return { unread };
  if (names !== undefined && (is === 'one-of' || label !== undefined))
    return { names: names.certain.map((name) => glossary.called(name)), isOpen: names.open, unread };
  const state = stateOf(reading);
  if (state === 'unavailable') return { isUnavailable: true, unread };
  if (state === 'absent') return { names: [], unread };
  if (limit === undefined) return { ...(evidence.length === 0 && boundsOf(count)), unread };
  const bounds = boundsOf(of === 'count' ? count : measures[of]);
  const unit = unitIn(limit.unit, bounds.most ?? bounds.least, glossary.words);
  return { ...bounds, ...(unit !== '' && { unit }), unread };
}

function boundsOf(range: Range | undefined): Pick<Found, 'least' | 'most' | 'isNever'> {
  if (range === undefined) return {};
  const { min, max } = range;
  if (min === Number.POSITIVE_INFINITY) return { isNever: true };
  return { least: min, ...(max !== Number.POSITIVE_INFINITY && { most: max }) };
}
