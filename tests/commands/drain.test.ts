import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { search } from '../support/fhir-search.ts';
import { readPatient, readRequest } from '../support/fixtures.ts';
import { start } from './run.ts';

test('after SIGTERM, once or twice, a call in flight gets its answer, ready turns 503, and the process ends with 0', async () => {
  const request = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');
  const chart = readPatient(request.context.patientId);
  let asked: (() => void) | undefined;
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let release: (() => void) | undefined;
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fhir = createServer(async ({ url = '' }, response) => {
    asked?.();
    await isReleased;
    const found = search(chart, decodeURIComponent(url.replace(/^\/fhir\//, '')));
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify(found ?? { resourceType: 'OperationOutcome', issue: [] }));
  });
  await new Promise<void>((resolve) => fhir.listen(0, '127.0.0.1', resolve));
  const service = await start({ FHIR_BUDGET_MS: '20000' });
  const call = fetch(`${service.url}/cds-services/rehab-first-order-select`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, fhirServer: `http://127.0.0.1:${(fhir.address() as AddressInfo).port}/fhir` }),
  });
  await isAsked;
  const ended = service.stop();
  service.signal('SIGTERM'); // npm passes on what a supervisor has sent to it and to the service
  const readiness = async (): Promise<number> => (await fetch(`${service.url}/health/ready`)).status;
  let ready = await readiness();
  while (ready === 200) ready = await readiness();
  expect(ready).toBe(503);
  release?.();
  const answer = await call;
  expect(answer.status).toBe(200);
  expect(((await answer.json()) as { cards: unknown[] }).cards).toHaveLength(1);
  expect(await ended).toBe(0);
  fhir.close();
});

test('a client that never ends its request keeps the process for a while, not for good', async () => {
  const service = await start({ FHIR_BUDGET_MS: '50' });
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  const isClosed = new Promise<void>((resolve) => socket.on('close', () => resolve()).on('error', () => {}));
  socket.write(
    'POST /cds-services/rehab-first-order-select HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{',
  );
  expect(await service.stop()).toBe(0);
  await isClosed;
});
