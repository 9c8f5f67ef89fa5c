import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../src/app.ts';
import { appDeps } from '../../src/cli/serve.ts';
import type { LogEntry } from '../../src/http/request-log.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

/** The real service with the real cards, on a free loopback port, with a clock that stands still. */
export interface RealApp {
  readonly url: string;
  readonly entries: LogEntry[];
  /** Posts JSON to a service of a hook. */
  readonly call: (hook: string, body: unknown) => Promise<{ status: number; body: unknown }>;
  readonly close: () => Promise<void>;
}

export async function startRealApp(today: string, fhirBudgetMs = 2000): Promise<RealApp> {
  const knowledge = loadKnowledge({ dir: 'cards' });
  const entries: LogEntry[] = [];
  const clock = () => new Date(`${today}T12:00:00Z`);
  const deps = appDeps(
    knowledge,
    { timeZone: 'UTC', fhirBudgetMs },
    clock,
    () => true,
    (entry) => void entries.push(entry),
  );
  const server: Server = createServer(createApp(deps));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    entries,
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
