import { createHash } from 'node:crypto';
import type { Caller, Feedback } from '../cds-hooks/types.ts';
import { hmacOf } from './patient-key.ts';
import type { DecisionCardRow, DecisionRow, FeedbackRow } from './schema.ts';
import type { DecisionRecord } from './store.ts';

/** Longest text that is indexed as it is; PostgreSQL refuses index entries above 2.7 kB. */
const MAX_INDEXED = 255;

/** A decision as rows. */
export interface DecisionRows {
  readonly decision: DecisionRow;
  readonly cards: readonly DecisionCardRow[];
}

/** Text that both engines take: PostgreSQL has no NUL, and neither has lone surrogates. */
export const clean = (text: string): string => Buffer.from(text.replaceAll('\0', '\uFFFD')).toString();

/** Text for an indexed column; a longer one is kept as its hash. Names of ours are never that long. */
export function key(text: string): string {
  const cleaned = clean(text);
  if (cleaned.length <= MAX_INDEXED) return cleaned;
  return `sha256:${createHash('sha256').update(cleaned).digest('hex')}`;
}

const optional = (text: string | undefined): string | null => (text === undefined ? null : clean(text));

export function rowsOfDecision(id: string, patient: string, record: DecisionRecord): DecisionRows {
  const decision: DecisionRow = {
    id,
    time: record.time.getTime(),
    hook_instance: clean(record.hookInstance),
    client: key(record.client),
    tenant: key(record.tenant),
    hook: clean(record.hook),
    service: clean(record.service),
    knowledge: clean(record.knowledge),
    patient,
    order_classes: JSON.stringify(record.orderClasses.map(clean)),
    failure: optional(record.failure),
    timings: JSON.stringify(record.timings),
  };
  const cards = record.cards.map((card, position) => ({
    decision: id,
    position,
    card: clean(card.card),
    version: clean(card.version),
    order_class: clean(card.orderClass),
    verdict: card.verdict,
    silenced_by: optional(card.silencedBy),
    outcome: optional(card.outcome),
    indicator: optional(card.indicator),
    disposition: card.disposition ?? null,
    uuid: card.uuid === undefined ? null : key(card.uuid),
    evidence: JSON.stringify(card.references.map(clean)),
  }));
  return { decision, cards };
}

/** How feedback becomes a row. */
export interface FeedbackContext extends Caller {
  readonly received: Date;
  readonly secret: Buffer;
  /** Whether comments are kept; those on unknown cards never are: no patient's erasure would find them. */
  readonly keepComments: boolean;
  readonly isKnown: (card: string) => boolean;
}

export function rowOfFeedback(item: Feedback, context: FeedbackContext): FeedbackRow {
  const { client, tenant, secret, keepComments } = context;
  const received = context.received.getTime();
  const card = key(item.card);
  const accepted = (item.acceptedSuggestions ?? []).map(({ id }) => id);
  const { reason, userComment } = item.overrideReason ?? {};
  const known = context.isKnown(card);
  const said = [item.card, item.outcome, accepted, reason?.system, reason?.code, userComment, item.outcomeTimestamp];
  return {
    id: hmacOf(secret, 'feedback', client, tenant, ...said.map((part) => part ?? null)),
    card,
    client: key(client),
    tenant: key(tenant),
    outcome: item.outcome,
    accepted: JSON.stringify(accepted.map(clean)),
    reason_system: optional(reason?.system),
    reason_code: optional(reason?.code),
    comment: keepComments && known ? optional(userComment) : null,
    outcome_timestamp: clean(item.outcomeTimestamp),
    // the client's clock may be fast: nothing was answered after it was received
    answered: Math.min(timeOf(item.outcomeTimestamp) ?? received, received),
    received,
    known: known ? 1 : 0,
  };
}

/** Milliseconds of an RFC 3339 time, which may be in small letters; undefined for anything else. */
export function timeOf(timestamp: string): number | undefined {
  const time = Date.parse(timestamp.toUpperCase());
  return Number.isNaN(time) ? undefined : time;
}
