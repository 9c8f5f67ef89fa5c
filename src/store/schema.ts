/** The tables, alike on both engines. Times are milliseconds since 1970; lists and maps are JSON texts; flags are 0 or 1. */
export interface Schema {
  decision: DecisionRow;
  decision_card: DecisionCardRow;
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
  timings: string;
}

export interface DecisionCardRow {
  decision: string;
  position: number;
  card: string;
  version: string;
  order_class: string;
  verdict: string;
  silenced_by: string | null;
  outcome: string | null;
  indicator: string | null;
  disposition: string | null;
  uuid: string | null;
  evidence: string;
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
