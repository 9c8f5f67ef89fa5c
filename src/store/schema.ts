/** The tables, alike on both engines. Times are milliseconds since 1970; lists and maps are JSON texts; flags are 0 or 1. */
export interface Schema {
  decision: DecisionRow;
  feedback: FeedbackRow;
  seen_jti: SeenJtiRow;
  property: PropertyRow;
}

export interface DecisionRow {
  id: string;
  time: number;
  hook_instance: string;
  client: string;
  tenant: string;
  hook: string;
  service: string;
  knowledge: string;
  /** HMAC of client, tenant and patient. */
  patient: string;
  order_classes: string;
  failure: string | null;
  /** Every card that was judged, as `CardRecord`. */
  cards: string;
  /** `card.uuid` of the one that was shown. */
  uuid: string | null;
  timings: string;
}

export interface FeedbackRow {
  /** HMAC of everything the client said: what makes two items identical. */
  id: string;
  card: string;
  client: string;
  tenant: string;
  outcome: string;
  accepted: string;
  reason_system: string | null;
  reason_code: string | null;
  comment: string | null;
  /** As the client wrote it. */
  outcome_timestamp: string;
  /** When the outcome took place; never later than `received`. */
  answered: number;
  received: number;
  /** Whether the card is one that this client was shown. */
  known: number;
  /** Of the decision that showed the card, so that what was answered is found without it; null when there is none. */
  patient: string | null;
  order_class: string | null;
  /** Id of the card definition. */
  shown_card: string | null;
}

export interface SeenJtiRow {
  issuer: string;
  jti: string;
  expires: number;
}

/** Facts about the database itself. */
export interface PropertyRow {
  name: string;
  value: string;
}
