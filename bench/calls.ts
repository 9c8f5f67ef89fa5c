import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type Load, load } from './load.ts';
import { median, percentile, round, sum, table } from './numbers.ts';
import type { Options, Part } from './part.ts';
import { type Payload, payloads, type Scope, SIZES, type Size } from './payloads.ts';
import { type Server, startServer, startService } from './servers.ts';

const PATH = '/cds-services/rehab-first-order-select';
const ISSUER = 'urn:example:bench';
/** Longer than the bench takes. */
const LIFE_S = 3600;
const ALGORITHMS = ['RS384', 'ES384'] as const;
/** Calls that one round sends of a size: about as long each. */
const CALLS: Readonly<Record<Size, number>> = { 12: 600, 108: 300, 1000: 48 };
const LEAST_EACH = 4;
/** Calls that come first and count for nothing: a service runs for days, and its code is at its fastest after some thousand calls. */
const WARM_UP_CALLS: Readonly<Record<Size, number>> = { 12: 3000, 108: 1500, 1000: 60 };
const WARM_UP_AT_ONCE = 16;
/** Who is called. */
const CALLEES = ['node:http', 'Express', 'floor', 'open', ...ALGORITHMS] as const;
export type Callee = (typeof CALLEES)[number];

interface Round {
  /** CPU of the server's process for each call. */
  readonly cpuMs: number;
  /** Time of its event loop for each call. */
  readonly loopMs: number;
  readonly perSecond: number;
  readonly latencies: readonly number[];
  readonly shed: number;
}

/** What is measured of one callee in one cell. */
export interface Measured {
  readonly size: Size;
  readonly scope: Scope;
  readonly concurrency: number;
  readonly callee: Callee;
  readonly cpuMs: number;
  readonly loopMs: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of the calls that were answered 503, as there was too much to do. */
  readonly shed: number;
  /** Median over the rounds of how the reference does in CPU for each call beside this one: 1 is as good, 0.5 takes twice as much. */
  readonly cpuBesideNode: number;
  readonly cpuBesideExpress: number;
  /** The same, of calls answered in a second. */
  readonly rateBesideNode: number;
  readonly rateBesideExpress: number;
}

/** What is compared. */
export interface Comparison {
  readonly callees: readonly Callee[];
  readonly sizes: readonly Size[];
  /** How many calls are under way at the same time, one after the other. */
  readonly levels: readonly number[];
  readonly rounds: number;
  /** How much of the usual number of calls is sent in a round. */
  readonly share: number;
  /** How much of the usual number of calls is sent before the rounds. */
  readonly warmUp: number;
}

const COMPARED = CALLEES.filter((callee) => callee !== 'floor');
const WHOLE: Comparison = { callees: COMPARED, sizes: SIZES, levels: [1, 16, 64], rounds: 9, share: 1, warmUp: 1 };
/** Enough to see whether something helps. */
const QUICK: Comparison = { callees: COMPARED, sizes: [12, 108], levels: [16], rounds: 5, share: 1 / 3, warmUp: 1 };

/** Hook calls: the service beside servers that only read, parse and answer the same card to all. */
export const calls: Part = {
  name: 'calls',
  run: async (options) => {
    const comparison = options.isQuick ? QUICK : WHOLE;
    const measured = await compare(comparison, options);
    return { markdown: markdownOf(measured, comparison.rounds), json: measured };
  },
};

/** Starts all servers, warms them up, and sends them the same calls in turns. */
export async function compare(
  { callees, sizes, levels, rounds, share, warmUp }: Comparison,
  { now, tell }: Pick<Options, 'now' | 'tell'>,
): Promise<Measured[]> {
  const bodies = payloads(now(), sizes);
  // several for each that is under way at once
  const countOf = (size: Size, concurrency: number) =>
    Math.max(Math.round(CALLS[size] * share), concurrency * LEAST_EACH);
  const { servers, tokens, stop } = await startAll(callees, now);
  const send = async (callee: Callee, payload: Payload, count: number, concurrency: number) =>
    measure(servers.get(callee), pathOf(callee, payload), payload, count, concurrency, await tokens(callee, count));
  const cells = bodies.flatMap((payload) => levels.map((concurrency) => ({ payload, concurrency })));
  const found = new Map<string, Round[]>();
  try {
    for (const payload of bodies) await checkAnswers(servers, payload, tokens);
    for (const payload of bodies) {
      for (const callee of callees) {
        tell(`calls: warming up ${callee}, ${payload.size} KB, ${payload.scope}`);
        const count = Math.round(WARM_UP_CALLS[payload.size] * warmUp);
        await send(callee, payload, count, WARM_UP_AT_ONCE);
      }
    }
    for (let round = 0; round < rounds; round += 1) {
      tell(`calls: round ${round + 1} of ${rounds}`);
      for (const { payload, concurrency } of cells) {
        for (const callee of turned(callees, round)) {
          const count = countOf(payload.size, concurrency);
          const one = await send(callee, payload, count, concurrency);
          const key = keyOf(payload, concurrency, callee);
          found.set(key, [...(found.get(key) ?? []), one]);
        }
      }
    }
  } finally {
    await stop();
  }
  return cells.flatMap(({ payload, concurrency }) => {
    const of = (callee: Callee) => found.get(keyOf(payload, concurrency, callee)) ?? [];
    return callees.map((callee) => summary(payload, concurrency, callee, of));
  });
}

const keyOf = ({ size, scope }: Payload, concurrency: number, callee: Callee) =>
  `${size} ${scope} ${concurrency} ${callee}`;

/** Another one first in each round. */
const turned = <T>(all: readonly T[], by: number): T[] => {
  const from = by % all.length;
  return [...all.slice(from), ...all.slice(0, from)];
};

/** The floor judges nothing: it is told. */
const pathOf = (callee: Callee, { scope }: Payload): string =>
  callee === 'floor' ? `/${scope.replaceAll(' ', '-')}` : PATH;

type Tokens = (callee: Callee, count: number) => Promise<readonly string[] | undefined>;

interface All {
  readonly servers: ReadonlyMap<Callee, Server>;
  /** New tokens, where the callee wants any. */
  readonly tokens: Tokens;
  readonly stop: () => Promise<void>;
}

async function startAll(callees: readonly Callee[], now: Options['now']): Promise<All> {
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-clients-'));
  const pairs = await Promise.all(
    ALGORITHMS.map(async (alg) => ({ alg, ...(await generateKeyPair(alg, { extractable: true })) })),
  );
  const keys = await Promise.all(
    pairs.map(async ({ alg, publicKey }) => ({ ...(await exportJWK(publicKey)), kid: alg })),
  );
  const file = join(dir, 'clients.yaml');
  writeFileSync(file, JSON.stringify({ clients: [{ id: 'bench', issuer: ISSUER, mode: 'live', jwks: { keys } }] }));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const closed = { CLIENTS_FILE: file, PUBLIC_BASE_URL: base, PORT: String(port), RATE_LIMIT: '10000000' };
  let clients: Promise<Server> | undefined;
  const startClients = () => {
    clients ??= startService(closed);
    return clients;
  };
  const starts: Readonly<Record<Callee, () => Promise<Server>>> = {
    'node:http': () => startServer(['bench/servers/node-http.mjs']),
    Express: () => startServer(['bench/servers/express.mjs']),
    floor: () => startServer(['bench/servers/floor.mjs']),
    open: () => startService(),
    RS384: startClients,
    ES384: startClients,
  };
  const servers = new Map(await Promise.all(callees.map(async (callee) => [callee, await starts[callee]()] as const)));
  let made = 0;
  return {
    servers,
    tokens: async (callee, count) => {
      const pair = pairs.find(({ alg }) => alg === callee);
      if (pair === undefined) return undefined;
      const iat = Math.floor(now().getTime() / 1000);
      const sign = () => {
        made += 1;
        return new SignJWT({ iss: ISSUER, aud: base + PATH, iat, exp: iat + LIFE_S, jti: `bench-${made}` })
          .setProtectedHeader({ alg: pair.alg, kid: pair.alg })
          .sign(pair.privateKey);
      };
      return Promise.all(Array.from({ length: count }, sign));
    },
    stop: async () => {
      await Promise.all([...new Set(servers.values())].map((server) => server.stop()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

/** In scope every body gets its card, and out of scope none does: else something else is measured. */
async function checkAnswers(servers: All['servers'], payload: Payload, tokens: Tokens): Promise<void> {
  const { scope, size, bodies } = payload;
  for (const callee of ['floor', 'open', ...ALGORITHMS] as const) {
    const server = servers.get(callee);
    for (const body of server === undefined ? [] : bodies) {
      const [token] = (await tokens(callee, 1)) ?? [];
      const response = await fetch(server?.url + pathOf(callee, payload), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: new Uint8Array(body),
      });
      const answer = (await response.json()) as { cards?: unknown[] };
      if (answer.cards?.length !== (scope === 'in scope' ? 1 : 0))
        throw new Error(`${callee}, ${size} KB, ${scope}: ${response.status} ${JSON.stringify(answer)}`);
    }
  }
}

async function measure(
  server: Server | undefined,
  path: string,
  { bodies }: Payload,
  count: number,
  concurrency: number,
  tokens: readonly string[] | undefined,
): Promise<Round> {
  if (server === undefined) throw new Error('a server that was not started');
  const body: Load['body'] = (call) => bodies[call % bodies.length] ?? Buffer.alloc(0);
  const before = await server.usage();
  const { ms, latencies, shed } = await load(server.url, {
    ...{ calls: count, concurrency, path, body },
    token: tokens && ((call) => tokens[call] ?? ''),
  });
  const after = await server.usage();
  const answered = count - shed;
  return {
    cpuMs: (after.cpuMs - before.cpuMs) / answered,
    loopMs: (after.loopMs - before.loopMs) / answered,
    perSecond: (answered / ms) * 1000,
    ...{ latencies, shed },
  };
}

function summary(
  { size, scope }: Payload,
  concurrency: number,
  callee: Callee,
  of: (callee: Callee) => readonly Round[],
): Measured {
  const own = of(callee);
  const latencies = own.flatMap((one) => one.latencies);
  const beside = (other: Callee, ratio: (reference: Round, own: Round) => number) =>
    round(median(of(other).map((reference, index) => ratio(reference, own[index] ?? reference))), 3);
  const byCpu = (reference: Round, one: Round) => reference.cpuMs / one.cpuMs;
  const byRate = (reference: Round, one: Round) => one.perSecond / reference.perSecond;
  return {
    ...{ size, scope, concurrency, callee },
    cpuMs: round(median(own.map(({ cpuMs }) => cpuMs)), 3),
    loopMs: round(median(own.map(({ loopMs }) => loopMs)), 3),
    perSecond: Math.round(median(own.map(({ perSecond }) => perSecond))),
    p50Ms: round(percentile(latencies, 0.5), 2),
    p99Ms: round(percentile(latencies, 0.99), 2),
    shed: round(sum(own.map((one) => one.shed)) / (sum(own.map((one) => one.shed)) + latencies.length), 3),
    cpuBesideNode: beside('node:http', byCpu),
    cpuBesideExpress: beside('Express', byCpu),
    rateBesideNode: beside('node:http', byRate),
    rateBesideExpress: beside('Express', byRate),
  };
}

function markdownOf(measured: readonly Measured[], rounds: number): string {
  const rows = measured.map((one) => [
    `${one.size} KB`,
    one.scope,
    one.concurrency,
    one.callee,
    one.cpuMs.toFixed(3),
    one.loopMs.toFixed(3),
    one.perSecond,
    one.p50Ms,
    one.p99Ms,
    `${Math.round(one.shed * 100)} %`,
    one.cpuBesideNode.toFixed(2),
    one.cpuBesideExpress.toFixed(2),
    one.rateBesideNode.toFixed(2),
    one.rateBesideExpress.toFixed(2),
  ]);
  const head = ['body', 'order', 'at once', 'server', 'CPU ms', 'loop ms', 'calls/s', 'p50 ms', 'p99 ms', 'shed'];
  const ratios = ['CPU: node:http', 'CPU: Express', 'rate: node:http', 'rate: Express'];
  return [
    `Medians of ${rounds} interleaved rounds; p50 and p99 over all of them. CPU is that of the server's whole process for each call, loop`,
    'the time its event loop had work. The last four columns set the reference beside the server: 1 is as fast as the reference, 0.5',
    'takes twice as long. `open` is the service with authentication off; RS384 and ES384 bring a new token with each call.',
    '',
    table([...head, ...ratios], rows),
  ].join('\n');
}
