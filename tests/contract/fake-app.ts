import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../src/app.ts';
import type { CdsResponse, Feedback, HookRequest, ServiceDescription } from '../../src/cds-hooks/types.ts';
import type { Readiness } from '../../src/http/health.ts';
import type { LogEntry } from '../../src/http/request-log.ts';

/** The services of the fake: two ids for one hook each, and one id for both hooks. */
export const services: readonly ServiceDescription[] = [
  {
    hook: 'order-select',
    id: 'select-service',
    title: 'Select',
    description: 'Looks at selected orders',
    version: '2.0.1',
    prefetch: { patient: 'Patient/{{context.patientId}}' },
  },
  { hook: 'order-sign', id: 'sign-service', title: 'Sign', description: 'Looks at orders being signed' },
  { hook: 'order-select', id: 'both', title: 'Both', description: 'Looks at orders' },
  { hook: 'order-sign', id: 'both', title: 'Both', description: 'Looks at orders' },
];

/** The limit of request bodies in the fake. */
export const MAX_BODY_BYTES = 1_000_000;

/** The real app over a fake `answer`, listening on loopback. */
export interface FakeApp {
  readonly url: string;
  readonly server: Server;
  readonly entries: LogEntry[];
  readonly calls: {
    readonly serviceId: string;
    readonly request: HookRequest;
    readonly languages: readonly string[];
  }[];
  /** Replaces what the fake answers. */
  answer: (serviceId: string, request: HookRequest) => Promise<CdsResponse>;
  /** Replaces what the fake does with feedback. */
  keepFeedback: (items: readonly Feedback[]) => Promise<void>;
  readiness: Readiness;
  close(): Promise<void>;
}

/** Starts the app on a free port. */
export async function startFakeApp(listed: readonly ServiceDescription[] = services): Promise<FakeApp> {
  const entries: LogEntry[] = [];
  const calls: FakeApp['calls'] = [];
  const app = createApp({
    services: listed,
    answer: async (serviceId, request, _caller, { languages }) => {
      calls.push({ serviceId, request, languages });
      return { response: await fake.answer(serviceId, request), language: 'en' };
    },
    authenticate: async () => ({ client: '', tenant: '' }),
    keepFeedback: (items) => fake.keepFeedback(items),
    readiness: () => fake.readiness,
    log: (entry) => void entries.push(entry),
    maxBodyBytes: MAX_BODY_BYTES,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeApp = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    entries,
    calls,
    answer: async () => ({ cards: [] }),
    keepFeedback: async () => {},
    readiness: 'ok',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

/** A faultless order-select call, with some members replaced; `undefined` takes a member out. */
export function aCall(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    hook: 'order-select',
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    context: aContext(),
    ...changes,
  };
}

/** The context of `aCall`, with some members replaced. */
export function aContext(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    userId: 'Practitioner/example',
    patientId: 'pat015',
    selections: ['ServiceRequest/1'],
    draftOrders: { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'ServiceRequest', id: '1' } }] },
    ...changes,
  };
}

/** Posts a value as JSON, or a string or bytes as they are. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: isRaw ? (body as string) : JSON.stringify(body),
  });
}

/** An OperationOutcome, as far as the specs look into it. */
export interface Outcome {
  readonly resourceType: string;
  readonly issue: readonly {
    readonly severity: string;
    readonly code: string;
    readonly diagnostics: string;
    readonly expression?: readonly string[];
    readonly details?: { readonly text: string; readonly coding: readonly { readonly code: string }[] };
  }[];
}

/** The OperationOutcome in an error answer. */
export async function readOutcome(response: Response): Promise<Outcome> {
  return (await response.json()) as Outcome;
}

/** The pointers of an error answer. */
export async function readPointers(response: Response): Promise<string[]> {
  return (await readOutcome(response)).issue.map(({ expression }) => expression?.[0] ?? '');
}
