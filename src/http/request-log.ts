import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { type Trace, traceOf } from '../trace.ts';
import type { LogEntry } from './log-entry.ts';

export type { LogEntry } from './log-entry.ts';

/** What a route adds to the entry of its request. */
export type LogNote = Omit<Partial<LogEntry>, 'method' | 'status' | 'ms' | 'traceId' | 'timings'>;

/** What is known of a request that is not answered yet. */
interface Visit {
  readonly note: LogNote;
  readonly timings: Record<string, number>;
  trace?: Trace;
}

const visits = new WeakMap<ServerResponse, Visit>();

function visitOf(response: ServerResponse): Visit {
  const known = visits.get(response);
  if (known === undefined) throw new Error('a request that is not logged');
  return known;
}

/** The trace that the request belongs to, its own or a new one. */
export function traceFor(response: ServerResponse): Trace {
  const visit = visitOf(response);
  const { traceparent, tracestate } = response.req.headers;
  visit.trace ??= traceOf(traceparent?.toString(), tracestate?.toString());
  return visit.trace;
}

/** Milliseconds by step of the request that `response` answers, to be written to. */
export const timingsOf = (response: ServerResponse): Record<string, number> => visitOf(response).timings;

/** Adds to the log entry of the request that `response` answers. */
export function noteForLog(response: ServerResponse, note: LogNote): void {
  Object.assign(visitOf(response).note, note);
}

/** Notes the pattern of a route as soon as it has matched. */
export function noteRoute(route: string): RequestHandler {
  return (_request, response, next) => {
    noteForLog(response, { route });
    next();
  };
}

/** Calls `log` once, when the answer is sent or the connection is gone. */
export function logRequest(
  { method = '' }: IncomingMessage,
  response: ServerResponse,
  log: (entry: LogEntry) => void,
): void {
  const startedAt = performance.now();
  const visit: Visit = { note: {}, timings: {} };
  visits.set(response, visit);
  response.once('close', () => {
    const { note, timings } = visit;
    log({
      method,
      route: '*',
      ...note,
      status: response.headersSent ? response.statusCode : 499,
      ms: performance.now() - startedAt,
      traceId: traceFor(response).traceId,
      ...(Object.keys(timings).length > 0 && { timings: rounded(timings) }),
    });
  });
}

/** In thousandths of a millisecond. */
const rounded = (steps: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(steps).map(([step, ms]) => [step, Math.round(ms * 1000) / 1000]));
