import { createServer, type IncomingHttpHeaders, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { admitClients, type ClientsDeps } from '../../src/cli/admission.ts';
import type { Client } from '../../src/clients/client.ts';
import { Registry } from '../../src/clients/registry.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { Knowledge } from '../../src/knowledge/types.ts';
import { type RealApp, type RealAppOptions, startRealApp } from '../support/real-app.ts';

/** The day on which these specs take place. */
export const TODAY = '2026-11-24';
/** Noon of it, in seconds. */
export const NOON = Date.parse(`${TODAY}T12:00:00Z`) / 1000;
export const BASE = 'https://cds.example.org/rehab';
export const ISSUER = 'https://ehr.example.org';
export const SELECT = '/cds-services/rehab-first-order-select';

/** A key pair made for a spec. */
export interface Pair {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  /** Its public half, as a client publishes it. */
  readonly jwk: JWK;
}

export async function makePair(alg: string, kid: string, modulusLength = 2048): Promise<Pair> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength });
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid } };
}

let made = 0;

/** The claims of a faultless token for a URL below the base, with some replaced; `undefined` takes one out. */
export const claimsFor = (path: string, changes: Record<string, unknown> = {}): Record<string, unknown> => {
  made += 1;
  return { iss: ISSUER, aud: BASE + path, iat: NOON, exp: NOON + 300, jti: `jti-${process.pid}-${made}`, ...changes };
};

/** Signs claims; `header` replaces members of the protected header. */
export const sign = (pair: Pair, claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: pair.alg, kid: pair.kid, typ: 'JWT', ...header }).sign(pair.privateKey);

/** A host of a JWK set on loopback. */
export interface KeyHost {
  readonly url: string;
  /** What it publishes. */
  keys: readonly unknown[];
  /** Answers instead of the keys. */
  fault: { status?: number; headers?: Record<string, string>; body?: string; hangs?: boolean } | undefined;
  /** How often it was asked. */
  asked: number;
  readonly close: () => Promise<void>;
}

export async function startKeyHost(keys: readonly unknown[] = []): Promise<KeyHost> {
  const server = createServer((_request, response) => {
    host.asked += 1;
    if (host.fault?.hangs) return;
    response.writeHead(host.fault?.status ?? 200, { 'content-type': 'application/json', ...host.fault?.headers });
    response.end(host.fault?.body ?? JSON.stringify({ keys: host.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host: KeyHost = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    keys,
    fault: undefined,
    asked: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return host;
}

/** A registered client, live, with some members replaced. */
export const aClient = (changes: Partial<Client> = {}): Client => ({
  id: 'ehr',
  issuer: ISSUER,
  keys: { jwks: { keys: [] } },
  fhirServers: [],
  origins: [],
  mode: 'live',
  tenants: [],
  supports: [],
  ...changes,
});

/** The real service for registered clients. */
export interface ClientApp extends RealApp {
  readonly registry: Registry;
  /** What was told of clients' keys. */
  readonly reports: string[];
  /** Seconds since 1970; moves only when it is set. */
  now: number;
}

export interface ClientAppOptions extends Pick<RealAppOptions, 'store' | 'knowledge' | 'changes'> {
  readonly insertJti?: ClientsDeps['insertJti'];
  readonly rateLimit?: number;
  readonly fhirBudgetMs?: number;
}

let loaded: Knowledge | undefined;
const cards = (): Knowledge => {
  loaded ??= loadKnowledge({ dir: 'cards' });
  return loaded;
};

export async function startClientApp(
  clients: readonly Client[],
  { insertJti, rateLimit = 100_000, fhirBudgetMs = 2000, ...options }: ClientAppOptions = {},
): Promise<ClientApp> {
  const reports: string[] = [];
  const time = { now: NOON };
  const clock = () => new Date(time.now * 1000);
  const report = (client: string, problem: string) => void reports.push(`${client}: ${problem}`);
  const registry = new Registry(clients, { clock, report });
  const admission = admitClients({
    registry,
    publicBaseUrl: BASE,
    clock,
    insertJti: insertJti ?? rememberTokens(),
    rateLimit,
    fhirBudgetMs,
  });
  const app = await startRealApp(TODAY, { knowledge: cards(), ...options, admission });
  return Object.defineProperty(Object.assign(app, { registry, reports, now: 0 }), 'now', {
    get: () => time.now,
    set: (now: number) => {
      time.now = now;
    },
  });
}

/** A store of token ids in memory. */
export function rememberTokens(): ClientsDeps['insertJti'] {
  const seen = new Set<string>();
  return async (issuer, jti) => {
    const key = JSON.stringify([issuer, jti]);
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  };
}

/** An answer, with nothing left out. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Posts with headers exactly as given, repeated ones too. */
export function send(url: string, headers: readonly (readonly [string, string])[], body: unknown): Promise<Answer> {
  const { hostname, port, pathname } = new URL(url);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = [['content-type', 'application/json'], ['content-length', String(Buffer.byteLength(text))], ...headers];
  return new Promise((resolve, reject) => {
    const request = sendRequest({
      hostname,
      port,
      path: pathname,
      method: 'POST',
      headers: ['host', 'x', ...all.flat()],
    });
    request.on('error', reject).on('response', (response) => {
      let received = '';
      response.on('data', (chunk: Buffer) => {
        received += chunk.toString();
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
      );
    });
    request.end(text);
  });
}

/** Posts with a token. */
export const sendWith = (url: string, token: string, body: unknown): Promise<Answer> =>
  send(url, [['authorization', `Bearer ${token}`]], body);
