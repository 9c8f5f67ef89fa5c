import type { Claimed } from '../errors.ts';

/** What the log keeps of one request. Never a patient's id, a raw URL, a query string or a token. */
export interface LogEntry {
  readonly method: string;
  /** The pattern that matched, `*` when none did. */
  readonly route: string;
  /** The HTTP status sent; 499 when the client left before there was one. */
  readonly status: number;
  readonly ms: number;
  /** Id of the trace that the request belongs to. https://www.w3.org/TR/trace-context/ */
  readonly traceId?: string;
  /** Milliseconds by step, of a call. */
  readonly timings?: Readonly<Record<string, number>>;
  /** Id of the client that called; absent in open mode and when nobody was recognised. */
  readonly client?: string;
  /** Why the caller was not recognised, and who it said it was. */
  readonly refusal?: Claimed & { readonly reason: string };
  readonly serviceId?: string;
  readonly hook?: string;
  readonly hookInstance?: string;
  /** Number of cards answered. */
  readonly cards?: number;
  /** Code of the ServiceError answered, or `unexpected`. */
  readonly code?: string;
  /** The error itself, only when it was not expected. */
  readonly error?: unknown;
}
