import { createHash } from 'node:crypto';
import type { Caller, Feedback } from '../cds-hooks/types.ts';
import { hmacOf } from './patient-key.ts';
import type { DecisionRow, FeedbackRow } from './schema.ts';
import type { CardRecord, DecisionRecord } from './store.ts';

/** Longest text that is indexed as it is; PostgreSQL refuses index entries above 2.7 kB. */
const MAX_INDEXED = 255;

/** Text that both engines take: PostgreSQL has no NUL, and neither has lone surrogates. */
export const clean = (text: string): string => Buffer.from(text.replaceAll('\0', '\uFFFD')).toString();

/** Text for an indexed column; a longer one is kept as its hash. Names of ours are never that long. */
export function key(text: string): string {
  const cleaned = clean(text);
  if (cleaned.length <= MAX_INDEXED) return cleaned;
  return `sha256:${createHash('sha256').update(cleaned).digest('hex')}`;
}

const optional = (text: string | undefined): string | null => (text === undefined ? null : clean(text));

export function rowOfDecision(id: string, patient: string, record: DecisionRecord): DecisionRow {
  const shown = record.cards.find(({ uuid }) => uuid !== undefined)?.uuid;
  return {
    id,
    time: record.time.getTime(),
    hook_instance: clean(record.hookInstance),
    client: key(record.client),
    tenant: key(record.tenant),
    hook: clean(record.hook),
    service: clean(record.service),
    knowledge: clean(record.knowledge),
    patient,
    order_classes: JSON.stringify(record.orderClasses),
    failure: optional(record.failure),
    cards: JSON.stringify(record.cards),
    uuid: shown === undefined ? null : key(shown),
    timings: JSON.stringify(record.timings),
  };
}

/** The cards of a decision. */
export const cardsOf = ({ cards }: Pick<DecisionRow, 'cards'>): CardRecord[] => JSON.parse(cards) as CardRecord[];

/** What feedback takes over from the decision that showed its card. */
export type About = Pick<FeedbackRow, 'patient' | 'order_class' | 'shown_card'>;

export function aboutOf(decision: Pick<DecisionRow, 'patient' | 'cards'>): About {
  const shown = cardsOf(decision).find(({ uuid }) => uuid !== undefined);
  return { patient: decision.patient, order_class: shown?.orderClass ?? null, shown_card: shown?.card ?? null };
}

const NOBODY: About = { patient: null, order_class: null, shown_card: null };

/** How feedback becomes a row. */
export interface FeedbackContext extends Caller {
  readonly received: Date;
  readonly secret: Buffer;
  /** Whether comments are kept; those on unknown cards never are: no patient's erasure would find them. */
  readonly keepComments: boolean;
  /** By uuid, the cards that this client was shown. */
  readonly known: ReadonlyMap<string, About>;
}

export function rowOfFeedback(item: Feedback, context: FeedbackContext): FeedbackRow {
  const { client, tenant, secret, keepComments } = context;
  const received = context.received.getTime();
  const card = key(item.card);
  const accepted = (item.acceptedSuggestions ?? []).map(({ id }) => id);
  const { reason, userComment } = item.overrideReason ?? {};
  const about = context.known.get(card);
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
    comment: keepComments && about !== undefined ? optional(userComment) : null,
    outcome_timestamp: clean(item.outcomeTimestamp),
    // the client's clock may be fast: nothing was answered after it was received
    answered: Math.min(timeOf(item.outcomeTimestamp) ?? received, received),
    received,
    known: about === undefined ? 0 : 1,
    ...(about ?? NOBODY),
  };
}

/** Milliseconds of an RFC 3339 time, which may be in small letters; undefined for anything else. */
export function timeOf(timestamp: string): number | undefined {
  const time = Date.parse(timestamp.toUpperCase());
  return Number.isNaN(time) ? undefined : time;
}
