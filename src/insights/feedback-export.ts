import type { KeptFeedback } from '../store/store.ts';
import { csvLine } from './csv.ts';

/** What to say of a suggestion; see `suggestionFinder`. */
export type NameSuggestion = (card: string, uuid: string, id: string) => string | undefined;

/** What a line names: suggestions, and the standard's code of a reason; see `reasonCodes`. */
export interface FeedbackNames {
  readonly suggestion: NameSuggestion;
  readonly standardReason: (reason: NonNullable<KeptFeedback['reason']>) => string | undefined;
}

/** An item of feedback, flat: what one row of an export has. */
export interface FeedbackLine {
  readonly received: string;
  readonly answered: string;
  readonly client: string;
  readonly tenant: string;
  readonly hook?: string;
  readonly hookInstance?: string;
  readonly shown?: string;
  readonly card?: string;
  readonly version?: string;
  readonly orderClass?: string;
  readonly cardUuid: string;
  readonly outcome: string;
  readonly suggestions: string;
  readonly reason?: string;
  readonly reasonSystem?: string;
  /** What the reason means in the pack's `standard` code system. */
  readonly reasonStandard?: string;
  readonly comment?: string;
}

const COLUMNS: readonly (keyof FeedbackLine)[] = [
  'received',
  'answered',
  'client',
  'tenant',
  'hook',
  'hookInstance',
  'shown',
  'card',
  'version',
  'orderClass',
  'cardUuid',
  'outcome',
  'suggestions',
  'reason',
  'reasonSystem',
  'reasonStandard',
];

/** A row of an export; the comment, which may name a patient, only when asked for. */
export function feedbackLine(item: KeptFeedback, nameOf: FeedbackNames, withComment: boolean): FeedbackLine {
  const { card, client, tenant, outcome, accepted, reason, comment, answered, received, showing } = item;
  const names = accepted.map((id) => (showing && nameOf.suggestion(showing.card, card, id)) ?? id);
  const standard = reason && nameOf.standardReason(reason);
  return {
    received: received.toISOString(),
    answered: answered.toISOString(),
    client,
    tenant,
    ...(showing !== undefined && {
      hook: showing.hook,
      hookInstance: showing.hookInstance,
      shown: showing.time.toISOString(),
      card: showing.card,
      version: showing.version,
      orderClass: showing.orderClass,
    }),
    cardUuid: card,
    outcome,
    suggestions: names.join(' '),
    ...(reason !== undefined && {
      reason: reason.code,
      ...(reason.system !== undefined && { reasonSystem: reason.system }),
    }),
    ...(standard !== undefined && { reasonStandard: standard }),
    ...(withComment && comment !== undefined && { comment }),
  };
}

const columns = (withComment: boolean) => (withComment ? [...COLUMNS, 'comment' as const] : COLUMNS);

export const feedbackHeader = (withComment: boolean): string => csvLine(columns(withComment));

export const feedbackCsv = (line: FeedbackLine, withComment: boolean): string =>
  csvLine(columns(withComment).map((column) => line[column]));
