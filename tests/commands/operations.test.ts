import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRequest } from '../support/fixtures.ts';
import { type Started, start } from './run.ts';

const REQUEST = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');
const BLOCKER = fileURLToPath(new URL('block-loop.mjs', import.meta.url));

let service: Started;
beforeEach(async () => {
  service = await start({ NODE_OPTIONS: `--import=${BLOCKER}` });
});
afterEach(async () => {
  expect(await service.stop()).toBe(0);
});

const call = (body: object = REQUEST) =>
  fetch(`${service.url}/cds-services/rehab-first-order-select`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const scrape = async () => (await fetch(`${service.url}/metrics`)).text();

describe('metrics of the running service', () => {
  test('count calls by outcome, cards, reads and steps, and name no patient', async () => {
    const withPrefetch = readRequest('order-select/gluteal-no-rehab.json');
    const fhirServer = 'http://127.0.0.1:1/fhir';
    expect((await call(withPrefetch)).status).toBe(200);
    expect((await call({ ...REQUEST, fhirServer })).status).toBe(412);
    const labels = 'service="rehab-first-order-select",hook="order-select",client=""';
    await expect.poll(scrape).toContain(`rehab_first_calls_total{${labels},outcome="incomplete"} 1`);
    const text = await scrape();
    expect(text).toContain(`rehab_first_calls_total{${labels},outcome="card"} 1`);
    expect(text).toMatch(
      /rehab_first_cards_total\{card="trochanteric-injection",indicator="\w+",disposition="shown"\} 1/,
    );
    expect(text).toMatch(/rehab_first_fhir_reads_total\{outcome="no-connection"\} \d+/);
    expect(text).toContain('rehab_first_step_duration_seconds_count{step="judge"} 1');
    expect(text).toContain('rehab_first_store_healthy 1');
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).not.toMatch(/gluteal-no-rehab|Patient/);
  });
});

test('while its event loop is busy calls are shed with 503 and Retry-After, health is not, and calls are taken afterwards', async () => {
  const statuses: number[] = [];
  service.signal('SIGUSR2');
  await expect
    .poll(
      async () => {
        const response = await call();
        statuses.push(response.status);
        if (response.status === 503) expect(response.headers.get('retry-after')).toBe('2');
        return response.status;
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBe(503);
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  await expect.poll(async () => (await call()).status, { timeout: 20_000 }).not.toBe(503);
  await expect.poll(scrape).toMatch(/rehab_first_calls_total\{service="",hook="",client="",outcome="shed"\} [1-9]/);
});
