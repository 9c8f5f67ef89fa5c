import type { RequestHandler, Response } from 'express';
import type { Claimed } from '../errors.ts';

/** What the log keeps of one request. Never a patient's id, a raw URL, a query string or a token. */
export interface LogEntry {
  readonly method: string;
  /** The pattern that matched, `*` when none did. */
  readonly route: string;
  /** The HTTP status sent; 499 when the client left before there was one. */
  readonly status: number;
  readonly ms: number;
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

/** What a route adds to the entry of its request. */
export type LogNote = Omit<Partial<LogEntry>, 'method' | 'status' | 'ms'>;

const notes = new WeakMap<Response, LogNote>();

/** Adds to the log entry of the request that `response` answers. */
export function noteForLog(response: Response, note: LogNote): void {
  notes.set(response, { ...notes.get(response), ...note });
}

/** Notes the pattern of a route as soon as it has matched. */
export function noteRoute(route: string): RequestHandler {
  return (_request, response, next) => {
    noteForLog(response, { route });
    next();
  };
}

/** Calls `log` once for every request, when its answer is sent or its connection is gone. */
export function logRequests(log: (entry: LogEntry) => void): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const { method } = request;
    response.once('close', () => {
      const status = response.headersSent ? response.statusCode : 499;
      log({ method, route: '*', ...notes.get(response), status, ms: performance.now() - startedAt });
    });
    next();
  };
}
