import type { RequestHandler, Response } from 'express';
import { type Trace, traceOf } from '../trace.ts';
import type { LogEntry } from './log-entry.ts';

export type { LogEntry } from './log-entry.ts';

/** What a route adds to the entry of its request. */
export type LogNote = Omit<Partial<LogEntry>, 'method' | 'status' | 'ms' | 'traceId' | 'timings'>;

const notes = new WeakMap<Response, LogNote>();
const traces = new WeakMap<Response, Trace>();
const timings = new WeakMap<Response, Record<string, number>>();

/** The trace that the request belongs to, its own or a new one. */
export function traceFor(response: Response): Trace {
  const known = traces.get(response) ?? traceOf(response.req.get('traceparent'), response.req.get('tracestate'));
  traces.set(response, known);
  return known;
}

/** Milliseconds by step of the request that `response` answers, to be written to. */
export function timingsOf(response: Response): Record<string, number> {
  const known = timings.get(response) ?? {};
  timings.set(response, known);
  return known;
}

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
      const steps = timings.get(response);
      log({
        method,
        route: '*',
        ...notes.get(response),
        status,
        ms: performance.now() - startedAt,
        traceId: traceFor(response).traceId,
        ...(steps !== undefined && { timings: rounded(steps) }),
      });
    });
    next();
  };
}

/** In thousandths of a millisecond. */
const rounded = (steps: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(steps).map(([step, ms]) => [step, Math.round(ms * 1000) / 1000]));
