import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request as sendRequest } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Report } from '../../src/insights/report.ts';
import { BASE, claimsFor, ISSUER, makePair, type Pair, SELECT, sign } from '../clients/client-app.ts';
import { type Started, start } from '../commands/run.ts';
import { readRequest } from '../support/fixtures.ts';
import { type Server as Postgres, startPostgres } from './postgres-server.ts';

const CALL = readRequest('order-select/gluteal-no-rehab.json');
const SIGN = readRequest('order-sign/gluteal-no-rehab.json');
const SIGN_PATH = '/cds-services/rehab-first-order-sign';
const ADMIN_TOKEN = 'a-token-of-this-spec';
/** nginx of this machine, where there is one; `NGINX` names another. */
const NGINX = findNginx();

interface Balancer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

function findNginx(): string | undefined {
  const name = process.env.NGINX ?? 'nginx';
  try {
    execFileSync(name, ['-v'], { stdio: 'ignore' });
    return name;
  } catch {
    if (process.env.NGINX !== undefined) throw new Error(`NGINX: ${name} cannot be run`);
    return undefined;
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

/**
 * nginx with `deploy/nginx.conf`, in which the replicas and the port are those of the spec.
 *
 * @param nearby what stands in it instead of loopback, from where the specs call
 */
async function startNginx(binary: string, replicas: readonly string[], nearby = '127.0.0.0/8'): Promise<Balancer> {
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-nginx-'));
  const port = await freePort();
  const servers = replicas.map((url) => `server ${new URL(url).host};`).join(' ');
  const conf = readFileSync('deploy/nginx.conf', 'utf8')
    .replace('server service:3000;', servers)
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replace('set_real_ip_from 127.0.0.0/8;', `set_real_ip_from ${nearby};`)
    .replaceAll('/tmp/', `${dir}/`);
  writeFileSync(join(dir, 'nginx.conf'), conf);
  const args = ['-p', dir, '-e', 'stderr', '-c', join(dir, 'nginx.conf'), '-g', 'daemon off; master_process off;'];
  const child = spawn(binary, args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/health/live`)).status).toBe(200), { timeout: 30_000 });
  return {
    url,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Connections go to the replicas in turn; one that is not there is passed over. */
async function startRoundRobin(replicas: readonly string[]): Promise<Balancer> {
  let turn = 0;
  const server = createServer((near) => {
    const reach = (tries: number) => {
      const { hostname, port } = new URL(replicas[turn++ % replicas.length] ?? '');
      const far = connect(Number(port), hostname, () => near.pipe(far).pipe(near));
      let isThere = false;
      far.on('connect', () => {
        isThere = true;
      });
      far.on('error', () => (isThere || tries === 0 ? near.destroy() : reach(tries - 1)));
      near.on('error', () => far.destroy());
    };
    reach(replicas.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const BALANCERS: readonly (readonly [string, (replicas: readonly string[]) => Promise<Balancer>])[] = [
  ['a round-robin balancer', startRoundRobin],
  ...(NGINX === undefined ? [] : [['nginx', (replicas: readonly string[]) => startNginx(NGINX, replicas)] as const]),
];

if (NGINX === undefined)
  process.stdout.write('There is no nginx on this machine: deploy/nginx.conf is not run. NGINX may name one.\n');

describe.runIf(NGINX !== undefined)('the caller that nginx names', () => {
  test.each([
    ['who connects, when nothing is said', undefined, '127.0.0.1', undefined],
    ['whom a TLS proxy names', '203.0.113.7', '203.0.113.7', undefined],
    ['whom it names last, whatever the caller wrote', '198.51.100.1, 203.0.113.7', '203.0.113.7', undefined],
    ['a caller in the private network', '203.0.113.7, 10.0.0.9', '10.0.0.9', undefined],
    ['who connects from elsewhere, whatever it says', '203.0.113.7', '127.0.0.1', '10.9.8.7'],
  ])('is %s', async (_, said, expected, nearby) => {
    const upstream = createHttpServer((request, response) =>
      response.end(JSON.stringify(request.headers['x-forwarded-for'])),
    );
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const { port } = upstream.address() as AddressInfo;
    const nginx = await startNginx(NGINX ?? '', [`http://127.0.0.1:${port}`], nearby);
    const headers: Record<string, string> = said === undefined ? {} : { 'x-forwarded-for': said };
    const answer = await fetch(nginx.url, { headers });
    expect(await answer.json()).toBe(expected);
    await nginx.close();
    upstream.closeAllConnections();
    upstream.close();
  });
});

describe.each(BALANCERS)('two processes on one PostgreSQL, behind %s', (_, startBalancer) => {
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-replicas-'));
  let postgres: Postgres;
  let pair: Pair;
  let replicas: Started[];
  let balancer: Balancer;
  let settings: Record<string, string>;

  beforeAll(async () => {
    postgres = await startPostgres();
    pair = await makePair('ES384', 'k');
    const file = join(dir, 'clients.yaml');
    const client = { id: 'ehr', issuer: ISSUER, jwks: { keys: [pair.jwk] }, mode: 'live' };
    writeFileSync(file, JSON.stringify({ clients: [client] }));
    settings = {
      CLIENTS_FILE: file,
      PUBLIC_BASE_URL: BASE,
      DATABASE_URL: await postgres.createDatabase(),
      PATIENT_KEY: '0123456789abcdef'.repeat(4),
      ADMIN_TOKEN,
    };
    replicas = await Promise.all([start(settings), start(settings)]);
    balancer = await startBalancer(replicas.map(({ url }) => url));
  });
  afterAll(async () => {
    await balancer.close();
    for (const replica of replicas) await replica.kill();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const tokenFor = (path: string) => {
    const now = Math.floor(Date.now() / 1000);
    return sign(pair, claimsFor(path, { iat: now, exp: now + 300 }));
  };
  /** Over a connection of its own, as the balancer may hand out connections rather than calls. */
  const post = async (path: string, body: unknown, token?: string): Promise<{ status: number; body: string }> => {
    const authorization = `Bearer ${token ?? (await tokenFor(path))}`;
    const headers = { authorization, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const request = sendRequest(balancer.url + path, { method: 'POST', agent: false, headers });
      request.on('error', reject).on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      request.end(JSON.stringify(body));
    });
  };
  const cardsOf = async (path: string, body: unknown): Promise<{ uuid: string }[]> => {
    const answer = await post(path, body);
    expect(answer.status).toBe(200);
    return JSON.parse(answer.body).cards;
  };
  const callsAt = ({ lines }: Started) => lines.filter((line) => line.includes('"route":"/cds-services/:id"')).length;
  const insightsAt = async ({ url }: Started) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, accept: 'application/json' };
    return (await fetch(`${url}/insights/data.json`, { headers })).json() as Promise<Report>;
  };

  test('a token is good for one call at all of them', async () => {
    for (let round = 0; round < 3; round += 1) {
      const token = await tokenFor(SELECT);
      const statuses = [];
      for (let again = 0; again < 4; again += 1) statuses.push((await post(SELECT, CALL, token)).status);
      expect(statuses).toEqual([200, 401, 401, 401]);
    }
    for (const replica of replicas) expect(callsAt(replica)).toBeGreaterThan(0);
  });

  test('what a doctor answered keeps all of them quiet, and all have one report', async () => {
    const [card] = await cardsOf(SELECT, CALL);
    expect(card).toBeDefined();
    const path = `${SELECT}/feedback`;
    const item = { card: card?.uuid, outcome: 'overridden', outcomeTimestamp: new Date().toISOString() };
    // a report sends what waits to the database, as does the moment that a doctor takes to answer
    for (const replica of replicas) await insightsAt(replica);
    expect((await post(path, { feedback: [item] })).status).toBe(200);
    for (let again = 0; again < 4; again += 1) expect(await cardsOf(SIGN_PATH, SIGN)).toEqual([]);
    await expect.poll(async () => (await insightsAt(replicas[0] as Started)).total?.overridden).toBe(1);
    const [one, other] = [await insightsAt(replicas[0] as Started), await insightsAt(replicas[1] as Started)];
    expect(other.funnel).toEqual(one.funnel);
    expect(other.total).toEqual(one.total);
  });

  test('when one ends, the other answers on, and one that comes back is called again', async () => {
    const { port } = new URL(replicas[0]?.url ?? '');
    expect(await replicas[0]?.stop()).toBe(0);
    for (let again = 0; again < 4; again += 1) expect((await post(SELECT, CALL)).status).toBe(200);
    const back = await start({ ...settings, PORT: port });
    replicas[0] = back;
    const isCalled = async () => {
      expect((await post(SELECT, CALL)).status).toBe(200);
      return callsAt(back) > 0;
    };
    await expect.poll(isCalled, { timeout: 60_000 }).toBe(true);
  });
});
