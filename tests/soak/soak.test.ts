import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Started, start } from '../commands/run.ts';
import { search } from '../support/fhir-search.ts';
import { allRequests, readPatient, readRequest } from '../support/fixtures.ts';

/** `npm run test:soak` makes it ten minutes. */
const SECONDS = Number(process.env.SOAK_SECONDS ?? 20);
/** So many that the service always has a call to answer: each has one under way. */
const CALLERS = 32;
/** Bytes that may stay after the load: caches fill up, and a leak of 1 kB a call goes beyond it within the ten minutes. */
const MOST_GROWTH = 12_000_000;
const HEAP = fileURLToPath(new URL('heap.mjs', import.meta.url));

const chart = readPatient('gluteal-no-rehab');
/** A FHIR server that answers most reads, and fails in one way or another on the rest. */
let asked = 0;
const fhir = createServer((request, response) => {
  asked += 1;
  const path = decodeURIComponent((request.url ?? '').replace(/^\/fhir\//, ''));
  const turn = asked % 97;
  if (turn === 11) return void response.destroy();
  if (turn === 23) return; // never
  if (turn === 37) return void response.writeHead(503).end();
  if (turn === 53) return void response.writeHead(401).end('{"resourceType":"OperationOutcome"}');
  if (turn === 71) return void response.writeHead(200, { 'content-length': '9999' }).write('{"resourceType":"Bun');
  const found = search(chart, path);
  response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify(found ?? { resourceType: 'OperationOutcome', issue: [] }));
});

let service: Started;
let fhirServer = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => fhir.listen(0, '127.0.0.1', resolve));
  fhirServer = `http://127.0.0.1:${(fhir.address() as AddressInfo).port}/fhir`;
  service = await start({ NODE_OPTIONS: `--import=${HEAP}`, LOG_LEVEL: 'warn', FHIR_BUDGET_MS: '300' });
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
  fhir.close();
  fhir.closeAllConnections();
});

const stories = allRequests().map((file) => readRequest(file));
const bare = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');
const statuses = new Map<number, number>();

async function send(path: string, body: string): Promise<void> {
  const response = await fetch(service.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const answer = await response.text();
  if (response.status === 503) {
    expect(answer).toContain('"code":"overloaded"');
    expect(response.headers.get('retry-after')).not.toBeNull();
  }
  statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
}

/** A client that leaves in the middle of its body. */
function sendHalf(path: string): Promise<void> {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{"hook":`,
        () => socket.destroy(),
      );
    });
    socket.on('close', () => resolve()).on('error', () => resolve());
  });
}

/** One step of a caller: mostly stories, then and now something else. */
async function step(turn: number): Promise<void> {
  const story = stories[turn % stories.length] ?? bare;
  const path = `/cds-services/rehab-first-${story.hook}`;
  if (turn % 17 === 3) return sendHalf(path);
  if (turn % 13 === 5) return send(path, JSON.stringify(story).slice(0, -40));
  if (turn % 11 === 7) {
    const item = { card: `c${turn}`, outcome: 'overridden', outcomeTimestamp: '2026-11-24T12:00:00Z' };
    return send(`${path}/feedback`, JSON.stringify({ feedback: [item] }));
  }
  if (turn % 5 === 1) return send('/cds-services/rehab-first-order-select', JSON.stringify({ ...bare, fhirServer }));
  return send(path, JSON.stringify({ ...story, hookInstance: crypto.randomUUID() }));
}

async function load(seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let turn = 0;
  const callers = Array.from({ length: CALLERS }, async () => {
    while (performance.now() < until) {
      turn += 1;
      await step(turn);
    }
  });
  await Promise.all(callers);
  return turn;
}

/** What the service holds in memory, and the CPU it has used. */
async function weigh(): Promise<{ readonly bytes: number; readonly cpuSeconds: number }> {
  const said = () => service.lines.filter((line) => line.startsWith('heap '));
  const before = said().length;
  service.signal('SIGUSR2');
  await expect.poll(() => said().length, { timeout: 30_000 }).toBe(before + 1);
  const [, bytes = Number.NaN, cpuSeconds = Number.NaN] = said().at(-1)?.split(' ').map(Number) ?? [];
  return { bytes, cpuSeconds };
}

test(`[N-09] [N-27] ${SECONDS} seconds of calls, with faults of clients and of a FHIR server: no error of ours, and memory stays`, {
  timeout: (SECONDS + 120) * 1000,
}, async () => {
  const warmUp = Math.min(60, SECONDS * 0.4);
  await load(warmUp);
  const before = await weigh();
  const startedAt = performance.now();
  const turns = await load(SECONDS - warmUp);
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await weigh();
  const cores = (after.cpuSeconds - before.cpuSeconds) / seconds;
  const answered = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  console.log(
    `soak: ${turns} steps in ${seconds.toFixed()} s after warming up, with ${cores.toFixed(2)} cores; ${answered.join(', ')}; ${before.bytes} then ${after.bytes} bytes`,
  );
  expect([...statuses.keys()].filter((status) => ![200, 400, 412, 503].includes(status))).toEqual([]);
  expect(statuses.get(200)).toBeGreaterThan(SECONDS * 5);
  expect(statuses.get(400)).toBeGreaterThan(0);
  expect(after.bytes - before.bytes).toBeLessThan(MOST_GROWTH);
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
});
