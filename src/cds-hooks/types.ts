/** CDS Hooks 2.0.1, transcribed; member names and optionality are the standard's. https://cds-hooks.hl7.org/ */

/** A FHIR resource as it arrives: nothing but its type is trusted. */
export interface RawResource {
  readonly resourceType: string;
  readonly id?: string;
  readonly [member: string]: unknown;
}

/** CDS Hooks data type Coding. */
export interface Coding {
  code: string;
  system: string;
  display?: string;
}

/** Who calls: a CDS client, and the tenant it calls for; `''` where there is none. */
export interface Caller {
  readonly client: string;
  readonly tenant: string;
}

/** Hooks this service can be listed for. */
export type Hook = 'order-select' | 'order-sign';

/** One element of the discovery answer. https://cds-hooks.hl7.org/#discovery */
export interface ServiceDescription {
  hook: Hook;
  id: string;
  title: string;
  description: string;
  usageRequirements?: string;
  /** The CDS Hooks version this service follows (3.0 ballot member, ignored by earlier clients). */
  version?: string;
  /** Prefetch key to template. */
  prefetch?: Record<string, string>;
}

/** Context of order-select (with `selections`) and order-sign (without). */
export interface OrderContext {
  readonly userId: string;
  /** A bare FHIR id. */
  readonly patientId: string;
  /** A bare FHIR id. */
  readonly encounterId?: string;
  /** `Type/id` of the entries of `draftOrders` just picked; order-select only. */
  readonly selections?: readonly string[];
  readonly draftOrders: { readonly entry?: readonly unknown[] };
}

export interface FhirAuthorization {
  readonly access_token: string;
}

/** A call, its envelope and context checked to the letter; what is inside `draftOrders` and `prefetch` is not. */
export interface HookRequest {
  readonly hook: Hook;
  readonly hookInstance: string;
  readonly context: OrderContext;
  /** Absolute http(s) URL, without a trailing slash. */
  readonly fhirServer?: string;
  /** Present only with a usable bearer token. */
  readonly fhirAuthorization?: FhirAuthorization;
  /** Each value is `null` or an object with a `resourceType`. */
  readonly prefetch?: Readonly<Record<string, RawResource | null>>;
}

export type Indicator = 'info' | 'warning' | 'critical';

export interface Action {
  type: 'create' | 'update' | 'delete';
  description: string;
  resource?: object;
  resourceId?: string;
}

export interface Suggestion {
  label: string;
  uuid: string;
  isRecommended?: boolean;
  actions: Action[];
}

export interface Link {
  label: string;
  url: string;
  type: 'absolute' | 'smart';
}

export interface Source {
  label: string;
  url?: string;
  topic?: Coding;
}

export interface Card {
  uuid: string;
  /** Fewer than 140 characters. */
  summary: string;
  /** GitHub-flavored Markdown. */
  detail: string;
  indicator: Indicator;
  source: Source;
  suggestions?: Suggestion[];
  selectionBehavior?: 'at-most-one' | 'any';
  overrideReasons?: Required<Coding>[];
  links?: Link[];
  extension?: Record<string, unknown>;
}

export interface CdsResponse {
  cards: Card[];
  /** What the client does by itself: only for clients that ask for it. */
  systemActions?: Action[];
  /** Repeats `systemActions` for clients of the years before it was standard, the public sandbox among them. */
  extension?: { systemActions: Action[] };
}

/** One checked item of a feedback call. https://cds-hooks.hl7.org/#feedback */
export interface Feedback {
  readonly card: string;
  readonly outcome: 'accepted' | 'overridden';
  readonly acceptedSuggestions?: readonly { readonly id: string }[];
  readonly overrideReason?: {
    readonly reason?: { readonly code: string; readonly system?: string };
    readonly userComment?: string;
  };
  readonly outcomeTimestamp: string;
}
