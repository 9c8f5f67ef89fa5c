import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AppDeps, createApp } from '../../src/app.ts';
import { type Admission, admitAnybody } from '../../src/cli/admission.ts';
import { appDeps, type Parts } from '../../src/cli/compose.ts';
import type { LogEntry } from '../../src/http/request-log.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { Knowledge } from '../../src/knowledge/types.ts';
import type { DecisionRecord } from '../../src/store/store.ts';

/** The real service with the real cards, on a free loopback port, with a clock that stands still. */
export interface RealApp {
  readonly url: string;
  readonly entries: LogEntry[];
  /** Calls in scope, as they were recorded; empty when another store was given. */
  readonly decisions: DecisionRecord[];
  /** Posts JSON to a service of a hook. */
  readonly call: (hook: string, body: unknown) => Promise<{ status: number; body: unknown }>;
  readonly close: () => Promise<void>;
}

/** What a spec may replace. The store remembers nothing unless one is given. */
export interface RealAppOptions {
  readonly fhirBudgetMs?: number;
  readonly changes?: Partial<AppDeps>;
  readonly store?: Parts['store'];
  readonly report?: Parts['report'];
  readonly readiness?: Parts['readiness'];
  readonly knowledge?: Knowledge;
  /** Open mode when absent. */
  readonly admission?: Admission;
}

export async function startRealApp(today: string, options: RealAppOptions = {}): Promise<RealApp> {
  const entries: LogEntry[] = [];
  const decisions: DecisionRecord[] = [];
  const forgetful: Parts['store'] = {
    answeredWithin: async () => false,
    recordDecision: async (decision) => void decisions.push(decision),
    recordFeedback: async () => {},
  };
  const deps = appDeps({
    knowledge: options.knowledge ?? loadKnowledge({ dir: 'cards' }),
    config: { timeZone: 'UTC' },
    admission: options.admission ?? admitAnybody({ fhirBudgetMs: options.fhirBudgetMs ?? 2000 }),
    clock: () => new Date(`${today}T12:00:00Z`),
    store: options.store ?? forgetful,
    readiness: options.readiness ?? (() => 'ok'),
    log: (entry) => void entries.push(entry),
    report: options.report ?? (() => {}),
  });
  const server: Server = createServer(createApp({ ...deps, ...options.changes }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    entries,
    decisions,
    call: async (hook, body) => {
      const response = await fetch(`${url}/cds-services/rehab-first-${hook}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
