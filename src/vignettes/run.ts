import { Chart } from '../chart/chart.ts';
import { parseFhirDate } from '../clinical/dates.ts';
import { factsOf } from '../knowledge/facts-of.ts';
import type {
  CardDefinition,
  Condition,
  Knowledge,
  Parameter,
  ServiceDefinition,
  Vignette,
  VignetteFile,
} from '../knowledge/types.ts';
import type { Truth } from '../logic/truth.ts';
import { readDrafts, selectedOrders } from '../orders/order.ts';
import { classify } from '../orders/scope.ts';
import { type Decision, decide, isOffered, type Judgement } from '../rules/decide.ts';
import { joinWords } from '../terminology/words.ts';
import { buildVignette } from './build.ts';

/** What a vignette came to. `actual` is written like `expected`: what it expects, and of the suggestions it names those that are made. */
export interface VignetteResult {
  readonly card: string;
  readonly vignette: Vignette;
  /** A message with the vignette's place. */
  readonly place: (message: string) => string;
  readonly expected: string;
  readonly actual: string;
  /** What the card's `when` came to; undefined when its order was not in scope. */
  readonly when?: Truth;
  readonly judgement?: Judgement;
  /** The service whose silence criteria and caps had a part in it. */
  readonly service?: ServiceDefinition;
  readonly decision?: Decision;
  readonly today: number;
}

/** Runs every vignette of a pack; those of retired cards rest. */
export function runVignettes(knowledge: Knowledge): VignetteResult[] {
  const retired = new Set(knowledge.cards.filter(({ status }) => status === 'retired').map(({ id }) => id));
  return knowledge.vignettes
    .filter(({ card }) => !retired.has(card))
    .flatMap((file) => [...file.content.vignettes.keys()].map((index) => runVignette(file, index, knowledge)));
}

/** Runs one vignette through scope, facts, rules and outcome, as a call would. What it does not understand stands in `actual`. */
export function runVignette({ content, place }: VignetteFile, index: number, knowledge: Knowledge): VignetteResult {
  const vignette = content.vignettes[index] as Vignette;
  const today = parseFhirDate(content.today)?.min ?? 0;
  const expected = [vignette.expect, ...tellOffers(vignette, vignette.offers ?? [])].join('; ');
  const base = { card: content.card, vignette, today, expected, place: (message: string) => place(index, message) };
  const service = knowledge.services.find(({ cards }) => cards.some(({ id }) => id === content.card));
  if (service === undefined) return { ...base, actual: 'no service shows this card' };
  try {
    const { context, slices } = buildVignette(content, vignette, today, knowledge.slices.values());
    const chart = new Chart(slices);
    const { terminology } = knowledge;
    const drafts = readDrafts(context);
    const reasons = new Map(
      [...slices.keys()]
        .flatMap((name) => chart.entries(name))
        .map(({ reference, what, site }) => [reference, joinWords(what, site)]),
    );
    const scoped = selectedOrders(context, drafts)
      .map((order) => order.with(reasons))
      .flatMap((order) => classify(order, service.orderClasses, terminology) ?? [])
      .filter(({ regionFrom }) => regionFrom !== 'open');
    const decision = decide({ service, scoped, drafts, context, chart, today, terminology });
    const judgement = decision.judgements.find(({ card }) => card.id === content.card);
    if (judgement === undefined) return { ...base, actual: 'no order' };
    const made = new Set(judgement.card.outcomes.flatMap(({ suggestions }) => suggestions.map(({ name }) => name)));
    const strange = namesOf(vignette).find((name) => !made.has(name));
    if (strange !== undefined)
      throw new Error(`this card has no suggestion "${strange}" (it has ${[...made].join(', ')})`);
    return {
      ...base,
      actual: wordingOf(judgement, vignette),
      when: judgement.when.truth,
      judgement,
      service,
      decision,
    };
  } catch (error) {
    return { ...base, actual: error instanceof Error ? error.message : String(error) };
  }
}

/** What a judgement came to, written like a vignette's `expected`. */
export function wordingOf(judgement: Judgement, vignette: Vignette): string {
  const { verdict, silencedBy, indicator, outcome, read } = judgement;
  if (verdict === 'silent') return `silent ${silencedBy}`;
  if (verdict !== 'fires') return verdict;
  const offered = (outcome?.suggestions ?? []).filter((one) => isOffered(one, read)).map(({ name }) => name);
  return [`${indicator} ${outcome?.id}`, ...tellOffers(vignette, offered)].join('; ');
}

const namesOf = ({ offers = [], withholds = [] }: Vignette): string[] => [...offers, ...withholds];

/** Of the suggestions that a vignette names, those that are made. */
function tellOffers(vignette: Vignette, offered: readonly string[]): string[] {
  const named = namesOf(vignette);
  if (named.length === 0) return [];
  const made = named.filter((name) => offered.includes(name)).sort();
  return [`offers ${made.length === 0 ? 'none of those named' : made.join(', ')}`];
}

/** Parameters that decide anything in the active cards of a pack, suggestions included: limits of tests, and lengths of time in facts. */
export function decidingParameters(knowledge: Knowledge): Parameter[] {
  const active = knowledge.cards.filter(({ status }) => status === 'active');
  const conditions = [
    ...active.flatMap(conditionsOf),
    ...knowledge.services.flatMap(({ silence, caps }) => [...silence, ...caps]),
  ];
  const limits = conditions.flatMap(testsOf).flatMap(({ limit }) => limit ?? []);
  const facts = conditions.flatMap(factsOf).flatMap((fact) => [fact, ...fact.needs]);
  const named = facts.flatMap(({ parameters }) => Object.values(parameters));
  return [...new Map([...limits, ...named].map((parameter) => [parameter.name, parameter])).values()];
}

const conditionsOf = ({ when, silence, caps, outcomes }: CardDefinition): Condition[] => [
  when,
  ...silence,
  ...caps,
  ...outcomes.flatMap(({ when: own, suggestions }) =>
    [own, ...suggestions.map((one) => one.when)].flatMap((one) => one ?? []),
  ),
];

function testsOf(condition: Condition): Extract<Condition, { kind: 'test' }>[] {
  if (condition.kind === 'test') return [condition];
  return condition.kind === 'criterion' ? testsOf(condition.body) : condition.parts.flatMap(testsOf);
}
