import type { Caller, Feedback } from '../cds-hooks/types.ts';

/** What became of a card that fired. */
export type Disposition = 'shown' | 'quiet' | 'silent' | 'draft' | 'arbitrated';

/** One card, judged for one order. */
export interface CardRecord {
  readonly card: string;
  readonly version: string;
  readonly orderClass: string;
  readonly verdict: 'fires' | 'silent' | 'fails' | 'unknown';
  /** Name of the silence criterion that held. */
  readonly silencedBy?: string;
  /** Id of the outcome. */
  readonly outcome?: string;
  readonly indicator?: string;
  /** Absent unless the card fired. */
  readonly disposition?: Disposition;
  /** `card.uuid` as the client got it; absent unless shown. */
  readonly uuid?: string;
  /** Resources that decided, as `Type/id`; never their contents. */
  readonly references: readonly string[];
}

/** One call in scope. */
export interface DecisionRecord extends Caller {
  readonly time: Date;
  readonly hookInstance: string;
  readonly hook: string;
  readonly service: string;
  /** Revision of the knowledge that judged. */
  readonly knowledge: string;
  /** FHIR id of the patient; only its HMAC is kept. */
  readonly patient: string;
  readonly orderClasses: readonly string[];
  /** `code` of the error that was answered instead of cards. */
  readonly failure?: string;
  readonly cards: readonly CardRecord[];
  /** Milliseconds by step. */
  readonly timings: Readonly<Record<string, number>>;
}

/** From `since` on, and before `until`. */
export interface Period {
  readonly since: Date;
  readonly until: Date;
}

/** A decision as it is kept: the patient is an HMAC. */
export interface KeptDecision extends Omit<DecisionRecord, 'patient'> {
  readonly id: string;
  /** As {@link Store.patientHmac} gives it. */
  readonly patientHmac: string;
}

/** A card as a client got it. */
export interface Showing {
  readonly time: Date;
  readonly hook: string;
  readonly hookInstance: string;
  readonly card: string;
  readonly version: string;
  readonly orderClass: string;
}

/** An item of feedback as it is kept. */
export interface KeptFeedback extends Caller {
  readonly id: string;
  /** `card.uuid`, as the client gave it. */
  readonly card: string;
  readonly outcome: Feedback['outcome'];
  /** Ids of accepted suggestions. */
  readonly accepted: readonly string[];
  readonly reason?: { readonly code: string; readonly system?: string };
  /** Only with `KEEP_COMMENTS`; it may name a patient. */
  readonly comment?: string;
  /** When the client says it was answered; never later than `received`. */
  readonly answered: Date;
  /** The same by the client's clock alone, which tells its answers apart. */
  readonly said: Date;
  readonly received: Date;
  /** The first showing of the card to this client and tenant; absent when there was none, or it is removed. */
  readonly showing?: Showing;
}

/** Whether a card about an order class, or one card of them, was answered for a patient. */
export interface AnsweredQuery extends Caller {
  readonly patient: string;
  readonly orderClass: string;
  /** Id of the one card; absent for any. */
  readonly card?: string;
  readonly since: Date;
}

/** How many rows went. */
export interface Removed {
  readonly decisions: number;
  readonly feedback: number;
  readonly jtis: number;
}

/**
 * What the service remembers. Every operation that cannot be carried out rejects with `Unavailable`; the store keeps trying in the
 * background and takes up work again by itself.
 */
export interface Store {
  /** Name of a patient in the store, as {@link Store.erasePatient} takes it: 64 hexadecimal digits. */
  patientHmac(patient: Caller & { readonly patient: string }): string;
  /** SQLite: resolves when no crash of this process can lose it. PostgreSQL: queued, and sent within 100 ms. */
  recordDecision(decision: DecisionRecord): Promise<void>;
  /** Resolves when every item is synced (SQLite) or committed (PostgreSQL). An item that is already there counts once. */
  recordFeedback(items: readonly Feedback[], from: Caller): Promise<void>;
  /** Whether any card about the order class was accepted or overridden since then. */
  answeredWithin(query: AnsweredQuery): Promise<boolean>;
  /** True for the one caller that brings this token id first; an expired one counts as new. */
  insertJti(issuer: string, jti: string, expires: Date): Promise<boolean>;
  /** Removes what is older than the retention, and expired token ids, in small batches. */
  sweep(now: Date, retentionDays: number): Promise<Removed>;
  /** Removes every decision about a patient and all feedback on its cards. */
  erasePatient(hmac: string): Promise<Removed>;
  /** Decisions of a period by time, read page by page; what is recorded meanwhile may or may not be among them. */
  decisions(period: Period): AsyncIterable<KeptDecision>;
  /** Feedback received in a period by time of receipt, read page by page. */
  feedback(period: Period): AsyncIterable<KeptFeedback>;
  /** Resolves when every decision recorded so far is in the database. */
  flush(): Promise<void>;
  isHealthy(): boolean;
  /** Why the store is not healthy, without patient data. */
  readonly lastError: string | undefined;
  /** Flushes and lets go. Operations after it are refused. Decisions that could not be sent are lost: then it rejects. */
  close(): Promise<void>;
}
