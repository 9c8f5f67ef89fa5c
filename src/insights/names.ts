import type { Knowledge, SuggestionDefinition } from '../knowledge/types.ts';
import { uuidOf } from '../render/uuid.ts';
import type { KeptFeedback } from '../store/store.ts';
import type { Limits, Names } from './report.ts';

/** What the knowledge of today calls the ids that were recorded. */
export function namesOf({ cards, overrideReasons }: Knowledge): Names {
  const suggestions = cards.flatMap((card) => card.outcomes.flatMap((outcome) => outcome.suggestions));
  return {
    cards: Object.fromEntries(cards.map(({ id, title, version, status }) => [id, { title, version, status }])),
    suggestions: Object.fromEntries(suggestions.map((one) => [one.name, labelOf(one)])),
    reasons: Object.fromEntries(overrideReasons.displays),
    chartLacks: overrideReasons.chartLacks,
  };
}

/** A number in a label differs from card to card. */
const labelOf = ({ label }: SuggestionDefinition): string =>
  label.map((piece) => (piece.kind === 'text' ? piece.text : '…')).join('');

/** Finds the name of a suggestion by its uuid, which is made of the card's uuid and that name. */
export function suggestionFinder({ cards }: Knowledge): (card: string, uuid: string, id: string) => string | undefined {
  const names = new Map(
    cards.map(({ id, outcomes }) => [
      id,
      [...new Set(outcomes.flatMap(({ suggestions }) => suggestions.map(({ name }) => name)))],
    ]),
  );
  return (card, uuid, id) => names.get(card)?.find((name) => uuidOf(uuid, name) === id);
}

/** A reason as a client gave it. */
type Reason = NonNullable<KeptFeedback['reason']>;

/** What our reasons and the codes of the standard are to one another. */
export interface ReasonCodes {
  /** The standard's code of a reason; undefined where it has none. */
  readonly standardOf: (reason: Reason) => string | undefined;
  /** The code that a reason is counted by: ours, where a client gave a code of the standard that only one of ours maps to. */
  readonly countedAs: (reason: Reason) => string;
}

/** A code without a system is ours where we have it, and else the standard's. */
export function reasonCodes({ overrideReasons }: Knowledge): ReasonCodes {
  const { system, displays, standard } = overrideReasons;
  const mapped = [...standard.codes];
  const known = new Set(standard.codes.values());
  const isOurs = (reason: Reason) => displays.has(reason.code) && (reason.system ?? system) === system;
  const isStandard = (reason: Reason) =>
    !isOurs(reason) && known.has(reason.code) && (reason.system ?? standard.system) === standard.system;
  return {
    standardOf: (reason) => {
      if (isOurs(reason)) return standard.codes.get(reason.code);
      return isStandard(reason) ? reason.code : undefined;
    },
    countedAs: (reason) => {
      const ours = isStandard(reason) ? mapped.filter(([, code]) => code === reason.code) : [];
      return ours.length === 1 && ours[0] !== undefined ? ours[0][0] : reason.code;
    },
  };
}

/** The limits that `cards/parameters/` gives, which a site may change. */
export function limitsOf({ parameters }: Knowledge): Limits {
  const limit = (name: string, as: keyof Limits) => {
    const value = parameters.get(`insights.${name}`)?.value;
    return value === undefined ? {} : { [as]: value };
  };
  return {
    ...limit('least-acceptance', 'leastAcceptance'),
    ...limit('most-chart-lacks', 'mostChartLacks'),
    ...limit('least-answers', 'leastAnswers'),
    ...limit('hand-check', 'handCheck'),
  };
}
