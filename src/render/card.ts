import type { Card, HookRequest } from '../cds-hooks/types.ts';
import type { Criterion, Knowledge } from '../knowledge/types.ts';
import type { Order } from '../orders/order.ts';
import type { Judgement } from '../rules/decide.ts';
import { type CriterionTrace, deciding, type TestTrace, type Trace, testsOf } from '../rules/evaluate.ts';
import { renderSuggestions } from './suggestions.ts';
import { uuidOf } from './uuid.ts';
import { type Filling, fillLines, fillMarkdown, fillPlain } from './wording.ts';

/** CDS Hooks: fewer than 140 characters. */
const LONGEST_SUMMARY = 139;
const MOST_REFERENCES = 20;

/** What a card is rendered for, beside the judgement. */
export interface Occasion {
  readonly request: HookRequest;
  readonly knowledge: Knowledge;
  /** Selected orders in scope, for "remove". */
  readonly removable: readonly Order[];
  readonly today: number;
}

/** A judgement that fires, as a CDS Hooks card. Pure: the same judgement gives the same card, its uuid included. */
export function renderCard(judgement: Judgement, { request, knowledge, removable, today }: Occasion): Card | undefined {
  const { card, scoped, outcome, indicator, read } = judgement;
  if (outcome === undefined || indicator === undefined) return undefined;
  const { headings } = knowledge;
  const filling: Filling = { read, ordered: orderName(scoped.order, scoped.orderClass.title), headings };
  const uuid = uuidOf(
    request.hookInstance,
    request.context.patientId,
    card.id,
    scoped.order.reference ?? String(scoped.order.index),
  );
  const suggestions = renderSuggestions(
    outcome.suggestions,
    { request, order: scoped.order, removable, indicator, today, cardUuid: uuid },
    filling,
  );
  const reasons = outcome.overrideReasons.map((code) => ({
    code,
    system: knowledge.overrideReasons.system,
    display: knowledge.overrideReasons.displays.get(code) ?? code,
  }));
  const links = outcome.links.flatMap(({ label, url }) =>
    url === undefined ? [] : [{ label, url, type: 'absolute' as const }],
  );
  return {
    uuid,
    summary: shorten(fillPlain(outcome.summary, filling)),
    detail: detailOf(judgement, knowledge, filling),
    indicator,
    source: { label: outcome.source.label, ...(outcome.source.url !== undefined && { url: outcome.source.url }) },
    ...(suggestions.length > 0 && { suggestions, selectionBehavior: 'at-most-one' as const }),
    ...(reasons.length > 0 && { overrideReasons: reasons }),
    ...(links.length > 0 && { links }),
    extension: { 'org.rehab-first.why': whyOf(judgement, knowledge) },
  };
}

/** What the client calls the order; the class's title where it says nothing. */
function orderName({ body, what }: Order, title: string): string {
  const concept = (body.code ?? body.medicationCodeableConcept) as { text?: unknown } | undefined;
  return (typeof concept?.text === 'string' && concept.text) || what.texts[0] || title;
}

const shorten = (summary: string): string =>
  summary.length <= LONGEST_SUMMARY ? summary : `${summary.slice(0, LONGEST_SUMMARY - 1).trimEnd()}…`;

function detailOf(judgement: Judgement, knowledge: Knowledge, filling: Filling): string {
  const { card, outcome } = judgement;
  const { headings } = knowledge;
  const capped = judgement.caps.flatMap((trace) =>
    trace.kind === 'criterion' && trace.truth === 'holds' && trace.criterion.says
      ? [fillMarkdown(trace.criterion.says, filling)]
      : [],
  );
  const unchecked = uncheckedText(judgement, knowledge);
  const paragraph = (heading: string, text: string) => (text === '' ? [] : [`**${heading}** ${text}`]);
  return [
    ...paragraph(
      headings.chart,
      [fillLines(outcome?.chart ?? [], filling), ...capped].filter((text) => text !== '').join(' '),
    ),
    ...paragraph(headings.evidence, fillLines(outcome?.evidence ?? [], filling)),
    ...paragraph(headings.unchecked, unchecked),
    ...paragraph(headings.why, `${fillLines(outcome?.why ?? [], filling)} _${card.id} ${card.version}_`),
  ].join('\n\n');
}

/** Criteria that nobody could judge, with the sources that were not there; then single facts that were looked for and never recorded. */
function uncheckedText(judgement: Judgement, { headings, slices }: Knowledge): string {
  const titles: string[] = [];
  const sources = new Set<string>();
  const unrecorded = new Set<string>();
  for (const { criterion, tests } of uncheckedOf(judgement)) {
    const unread = tests.flatMap(({ reading }) => reading.unread);
    for (const slice of unread) sources.add(slices.get(slice)?.label ?? slice);
    if (unread.length > 0) titles.push(criterion.title);
    else for (const { test } of tests) unrecorded.add(test.fact.label);
  }
  const parts = [
    titles.length === 0 ? '' : `${titles.join(', ')} (${headings.unread}: ${[...sources].join(', ')})`,
    unrecorded.size === 0 ? '' : `${[...unrecorded].join(', ')} (${headings.unrecorded})`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${parts.join('; ')}.`;
}

interface Unchecked {
  readonly criterion: Criterion;
  readonly tests: readonly TestTrace[];
}

/** Silence criteria that came to unknown, and criteria that were passed by an `unknown-as`, with the tests that could not be judged. */
function uncheckedOf({ silence, caps, when, tried }: Judgement): Unchecked[] {
  const found = new Map<string, Unchecked>();
  const note = (trace: CriterionTrace, tests: readonly TestTrace[]) => {
    const known = found.get(trace.criterion.name);
    if (known === undefined && tests.length > 0) found.set(trace.criterion.name, { criterion: trace.criterion, tests });
  };
  for (const trace of silence) {
    if (trace.kind === 'criterion' && trace.truth === 'unknown')
      note(
        trace,
        testsOf(trace).filter(({ truth }) => truth === 'unknown'),
      );
  }
  for (const trace of [...silence, ...caps, when, ...tried].flatMap(criteriaOf))
    note(
      trace,
      ownTests(trace.body).filter(({ byDefault }) => byDefault),
    );
  return [...found.values()];
}

const criteriaOf = (trace: Trace): CriterionTrace[] => {
  if (trace.kind === 'criterion') return [trace, ...criteriaOf(trace.body)];
  return trace.kind === 'group' ? trace.parts.flatMap(criteriaOf) : [];
};

/** Tests of a criterion itself, not those of criteria inside it, which are named on their own. */
const ownTests = (trace: Trace): TestTrace[] => {
  if (trace.kind === 'test') return [trace];
  return trace.kind === 'group' ? trace.parts.flatMap(ownTests) : [];
};

/** The same as *Why this card*, for software: references, never their contents. */
function whyOf(judgement: Judgement, { revision }: Knowledge): Record<string, unknown> {
  const { card, outcome, when, tried, scoped } = judgement;
  const decided = [when, ...tried.filter(({ truth }) => truth === 'holds')].flatMap(deciding);
  const unchecked = uncheckedOf(judgement).map(({ criterion }) => criterion.name);
  return {
    card: card.id,
    version: card.version,
    outcome: outcome?.id,
    class: scoped.orderClass.name,
    knowledge: revision,
    because: decided.map(({ test, reading, truth }) => {
      const references = reading.evidence.slice(0, MOST_REFERENCES).map(({ reference }) => reference);
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
