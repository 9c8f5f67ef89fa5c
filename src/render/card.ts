import type { Caller, Card, HookRequest } from '../cds-hooks/types.ts';
import { stateOf } from '../facts/reading.ts';
import type { Criterion, Knowledge } from '../knowledge/types.ts';
import type { Order } from '../orders/order.ts';
import type { Judgement } from '../rules/decide.ts';
import { deciding, defaultsIn, evaluate, evaluateTest, type TestTrace, testsOf, truthOf } from '../rules/evaluate.ts';
import { renderSuggestions } from './suggestions.ts';
import { uuidOf } from './uuid.ts';
import { type Filling, fillLines, fillMarkdown, fillPlain } from './wording.ts';

/** CDS Hooks: fewer than 140 characters. */
export const LONGEST_SUMMARY = 139;
const MOST_REFERENCES = 20;

/** What a card is rendered for, beside the judgement. */
export interface Occasion {
  readonly request: HookRequest;
  readonly caller: Caller;
  readonly knowledge: Knowledge;
  /** Selected orders in scope, for "remove". */
  readonly removable: readonly Order[];
  /** The client asked for ratings of orders. */
  readonly isRated?: boolean;
  /** Base URL of the pages, where the doctor reaches them. */
  readonly pagesUrl?: string | undefined;
  readonly today: number;
}

/** A judgement that fires, as a CDS Hooks card. Pure: the same judgement gives the same card, its uuid included. */
export function renderCard(
  judgement: Judgement,
  { request, caller, knowledge, removable, isRated = false, pagesUrl, today }: Occasion,
): Card | undefined {
  const { card, scoped, outcome, indicator } = judgement;
  if (outcome === undefined || indicator === undefined) return undefined;
  const filling = fillingOf(judgement, knowledge, today);
  const unchecked = uncheckedOf(judgement);
  const uuid = uuidOf(
    caller.client,
    caller.tenant,
    request.hookInstance,
    request.context.patientId,
    card.id,
    scoped.order.reference ?? String(scoped.order.index),
  );
  const suggestions = renderSuggestions(
    outcome.suggestions,
    { request, order: scoped.order, removable, indicator, today, cardUuid: uuid, isRated },
    filling,
  );
  const reasons = outcome.overrideReasons.map((code) => ({
    code,
    system: knowledge.overrideReasons.system,
    display: knowledge.overrideReasons.displays.get(code) ?? code,
  }));
  const definition = pagesUrl === undefined ? [] : [{ label: card.title, url: `${pagesUrl}/knowledge#${card.id}` }];
  const links = [...outcome.links, ...definition].flatMap(({ label, url }) =>
    url === undefined ? [] : [{ label, url, type: 'absolute' as const }],
  );
  return {
    uuid,
    summary: shorten(fillPlain(outcome.summary, filling)),
    detail: detailOf(judgement, unchecked, knowledge, filling),
    indicator,
    source: { label: outcome.source.label, ...(outcome.source.url !== undefined && { url: outcome.source.url }) },
    ...(suggestions.length > 0 && { suggestions, selectionBehavior: 'at-most-one' as const }),
    ...(reasons.length > 0 && { overrideReasons: reasons }),
    ...(links.length > 0 && { links }),
    extension: { 'org.rehab-first.why': whyOf(judgement, unchecked, knowledge) },
  };
}

/** The summary of a judgement that fires, before it is cut. */
export const summaryOf = (judgement: Judgement, knowledge: Knowledge, today: number): string | undefined =>
  judgement.outcome && fillPlain(judgement.outcome.summary, fillingOf(judgement, knowledge, today));

const fillingOf = ({ scoped, read }: Judgement, language: Knowledge, today: number): Filling => ({
  read,
  ordered: orderName(scoped.order, scoped.orderClass.title),
  language,
  today,
});

/** What the client calls the order; the class's title where it says nothing. */
function orderName({ body, what }: Order, title: string): string {
  const concept = (body.code ?? body.medicationCodeableConcept) as { text?: unknown } | undefined;
  return (typeof concept?.text === 'string' && concept.text) || what.texts[0] || title;
}

const shorten = (summary: string): string =>
  summary.length <= LONGEST_SUMMARY ? summary : `${summary.slice(0, LONGEST_SUMMARY - 1).trimEnd()}…`;

function detailOf(
  judgement: Judgement,
  unchecked: readonly Unchecked[],
  knowledge: Knowledge,
  filling: Filling,
): string {
  const { card, outcome } = judgement;
  const { headings } = knowledge;
  const capped = judgement.caps.flatMap((trace) =>
    trace.kind === 'criterion' && trace.truth === 'holds' && trace.criterion.says
      ? [fillMarkdown(trace.criterion.says, filling)]
      : [],
  );
  const paragraph = (heading: string, text: string) => (text === '' ? [] : [`**${heading}** ${text}`]);
  return [
    ...paragraph(
      headings.chart,
      [fillLines(outcome?.chart ?? [], filling), ...capped].filter((text) => text !== '').join(' '),
    ),
    ...paragraph(headings.evidence, fillLines(outcome?.evidence ?? [], filling)),
    ...paragraph(headings.unchecked, uncheckedText(unchecked, knowledge)),
    ...paragraph(headings.why, `${fillLines(outcome?.why ?? [], filling)} _${card.id} ${card.version}_`.trim()),
  ].join('\n\n');
}

/**
 * Criteria that nobody could judge, with the sources that were not there; then single facts that were looked for and never recorded, or
 * recorded in a form that could not be read.
 */
function uncheckedText(all: readonly Unchecked[], { headings, slices }: Knowledge): string {
  const titles = new Set<string>();
  const sources = new Set<string>();
  const unrecorded = new Set<string>();
  const unclear = new Set<string>();
  for (const { criterion, tests } of all) {
    const unread = tests.flatMap(({ reading }) => reading.unread);
    for (const slice of unread) sources.add(slices.get(slice)?.label ?? slice);
    if (unread.length > 0) titles.add(criterion?.title ?? tests.map(({ test }) => test.fact.label).join(', '));
    for (const { test, reading } of tests) {
      const isAlone = stateOf(reading) === 'known' && test.of !== 'count' && reading.measures[test.of] === undefined;
      if (reading.unread.length > 0 || isAlone) continue; // one result has nothing to be compared with, and is no fault
      (stateOf(reading) === 'absent' ? unrecorded : unclear).add(test.fact.label);
    }
  }
  const part = (names: Iterable<string>, heading: string) => {
    const listed = [...names].join(', ');
    return listed === '' ? [] : [`${listed} (${heading})`];
  };
  const parts = [
    ...part(titles, `${headings.unread}: ${[...sources].join(', ')}`),
    ...part(unclear, headings.unclear),
    ...part(unrecorded, headings.unrecorded),
  ];
  return parts.length === 0 ? '' : `${parts.join('; ')}.`;
}

interface Unchecked {
  /** Undefined for tests that stand in no criterion. */
  readonly criterion: Criterion | undefined;
  readonly tests: readonly TestTrace[];
}

/**
 * Silence criteria that came to unknown, caps and lines that hang on something unread, and whatever was passed by an `unknown-as`, with
 * the tests that could not be judged.
 */
function uncheckedOf({ card, silence, caps, tried, outcome, read }: Judgement): Unchecked[] {
  const found = new Map<string, Unchecked>();
  const note = (criterion: Criterion | undefined, tests: readonly TestTrace[]) => {
    const key = criterion?.name ?? tests.map(({ test }) => test.fact.key).join(' ');
    if (tests.length > 0 && !found.has(key)) found.set(key, { criterion, tests });
  };
  for (const trace of silence) {
    if (trace.kind !== 'criterion' || trace.truth !== 'unknown') continue;
    const unknown = testsOf(trace).filter(({ truth }) => truth === 'unknown');
    note(trace.criterion, unknown);
  }
  const lines = [...(outcome?.chart ?? []), ...(outcome?.evidence ?? []), ...(outcome?.why ?? [])];
  const asides = lines.flatMap(({ when }) =>
    when?.kind === 'criterion' && truthOf(when, read) === 'unknown' ? [evaluate(when, read)] : [],
  );
  for (const trace of [...caps, ...asides]) {
    if (trace.kind !== 'criterion' || trace.truth !== 'unknown') continue;
    note(
      trace.criterion,
      testsOf(trace).filter(({ truth, reading }) => truth === 'unknown' && reading.unread.length > 0),
    );
  }
  const shared = [...silence, ...caps].flatMap((trace) => (trace.kind === 'criterion' ? [trace.criterion] : []));
  const chosen = [card.when, ...card.outcomes.flatMap((one) => one.when ?? []).slice(0, tried.length)];
  for (const { criterion, tests } of [...shared, ...chosen].flatMap(defaultsIn)) {
    note(
      criterion,
      tests.map((test) => evaluateTest(test, read)).filter(({ byDefault }) => byDefault),
    );
  }
  return [...found.values()];
}

/** The same as *Why this card*, for software: references, never their contents. */
function whyOf(
  { card, outcome, when, tried, scoped }: Judgement,
  all: readonly Unchecked[],
  { revision }: Knowledge,
): Record<string, unknown> {
  const decided = [when, ...tried.filter(({ truth }) => truth === 'holds')].flatMap(deciding);
  const unchecked = all.flatMap(({ criterion, tests }) => criterion?.name ?? tests.map(({ test }) => test.fact.name));
  return {
    card: card.id,
    version: card.version,
    outcome: outcome?.id,
    class: scoped.orderClass.name,
    knowledge: revision,
    because: decided.map(({ test, reading, truth }) => {
      const references = [...new Set(reading.evidence.map(({ reference }) => reference))]
        .sort()
        .slice(0, MOST_REFERENCES);
      return {
        fact: test.fact.name,
        ...(test.of !== 'count' && { of: test.of }),
        is: test.is,
        ...(test.limit !== undefined && { limit: test.limit.value, unit: test.limit.unit, parameter: test.limit.name }),
        ...(test.limit !== undefined && test.limit.cites.length > 0 && { cites: test.limit.cites }),
        ...(test.values !== undefined && { values: test.values }),
        truth,
        ...(references.length > 0 && { references }),
      };
    }),
    ...(unchecked.length > 0 && { unchecked }),
  };
}
