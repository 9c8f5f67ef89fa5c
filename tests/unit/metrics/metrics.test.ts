import { describe, expect, test } from 'vitest';
import type { ReadResult } from '../../../src/chart/slice.ts';
import type { LogEntry } from '../../../src/http/request-log.ts';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import type { DecisionRecord } from '../../../src/store/store.ts';

const aMetrics = (isHealthy = true) => createMetrics({ isStoreHealthy: () => isHealthy, eventLoopDelayMs: () => 250 });
const linesOf = async (metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> =>
  (await metrics.render()).split('\n').filter((line) => line.startsWith(`rehab_first_${name}`));

const aCall = (changes: Partial<LogEntry> = {}): LogEntry => ({
  method: 'POST',
  route: '/cds-services/:id',
  status: 200,
  ms: 4,
  serviceId: 's',
  hook: 'order-select',
  client: 'ehr',
  cards: 0,
  hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
  timings: { read: 1, chart: 2 },
  ...changes,
});

describe('calls', () => {
  test.each<[string, Partial<LogEntry>]>([
    ['card', { cards: 1 }],
    ['none', { cards: 0 }],
    ['incomplete', { status: 412, code: 'chart-incomplete' }],
    ['refused', { status: 400, code: 'invalid-request' }],
    ['shed', { status: 503, code: 'overloaded' }],
    ['unavailable', { status: 503, code: 'unavailable' }],
    ['failed', { status: 500, code: 'unexpected' }],
    ['gone', { status: 499 }],
  ])('are counted as "%s" where that came of them', async (outcome, changes) => {
    const metrics = aMetrics();
    metrics.countRequest(aCall(changes));
    expect(await linesOf(metrics, 'calls_total')).toEqual([
      `rehab_first_calls_total{service="s",hook="order-select",client="ehr",outcome="${outcome}"} 1`,
    ]);
  });

  test('have their duration, and that of each step', async () => {
    const metrics = aMetrics();
    metrics.countRequest(aCall());
    expect(await linesOf(metrics, 'call_duration_seconds_sum')).toEqual([
      'rehab_first_call_duration_seconds_sum{service="s",hook="order-select"} 0.004',
    ]);
    expect(await linesOf(metrics, 'step_duration_seconds_sum')).toEqual([
      'rehab_first_step_duration_seconds_sum{step="read"} 0.001',
      'rehab_first_step_duration_seconds_sum{step="chart"} 0.002',
    ]);
  });

  test('are told from feedback; other requests are not counted', async () => {
    const metrics = aMetrics();
    const { cards: _, hook: __, ...feedback } = aCall({ route: '/cds-services/:id/feedback' });
    metrics.countRequest(feedback);
    for (const other of [aCall({ method: 'GET' }), aCall({ route: '*' }), aCall({ route: '/health/live' })])
      metrics.countRequest(other);
    expect(await linesOf(metrics, 'calls_total')).toEqual([]);
    expect(await linesOf(metrics, 'feedback_calls_total')).toEqual([
      'rehab_first_feedback_calls_total{service="s",client="ehr",outcome="kept"} 1',
    ]);
  });
});

test('cards are counted by disposition, whether they could be recorded or not', async () => {
  const metrics = aMetrics();
  const cards = [
    { card: 'a', indicator: 'warning', disposition: 'shown' },
    { card: 'b', indicator: 'info', disposition: 'arbitrated' },
    { card: 'c', verdict: 'silent' },
  ];
  const store = metrics.countCards({ recordDecision: () => Promise.reject(new Error('full')) });
  await expect(store.recordDecision({ patient: 'Jane', cards } as unknown as DecisionRecord)).rejects.toThrow('full');
  expect(await linesOf(metrics, 'cards_total')).toEqual([
    'rehab_first_cards_total{card="a",indicator="warning",disposition="shown"} 1',
    'rehab_first_cards_total{card="b",indicator="info",disposition="arbitrated"} 1',
  ]);
  expect(await metrics.render()).not.toContain('Jane');
});

test.each([
  ['ok', undefined],
  ['timeout', 'timed out'],
  ['no-connection', 'connection failed'],
  ['refused', 'HTTP 403'],
  ['server-error', 'HTTP 503'],
  ['left-alone', 'the FHIR server keeps failing and is left alone for a while'],
  ['unusable', 'answer too large'],
])('a read is counted as "%s"', async (outcome, reason) => {
  const metrics = aMetrics();
  const result: ReadResult =
    reason === undefined ? { ok: true, resource: { resourceType: 'Patient' } } : { ok: false, reason };
  const reader = metrics.countReads(() => ({ read: async () => result }))();
  expect(await reader?.read('Patient/jane')).toBe(result);
  expect(await linesOf(metrics, 'fhir_reads_total')).toEqual([`rehab_first_fhir_reads_total{outcome="${outcome}"} 1`]);
});

test('where no reader is opened nothing is counted', () => {
  expect(aMetrics().countReads(() => undefined)()).toBeUndefined();
});

test('servers that are left alone are named until they are taken back, 200 at most', async () => {
  const metrics = aMetrics();
  metrics.noteServer('https://ehr.example/fhir', 'failing');
  metrics.noteServer('https://two.example/fhir', 'failing');
  metrics.noteServer('https://two.example/fhir', 'recovered');
  expect(await linesOf(metrics, 'fhir_server_left_alone')).toEqual([
    'rehab_first_fhir_server_left_alone{host="ehr.example"} 1',
  ]);
  for (let port = 1; port <= 300; port += 1) metrics.noteServer(`http://127.0.0.1:${port}/fhir`, 'failing');
  expect(await linesOf(metrics, 'fhir_server_left_alone')).toHaveLength(200);
});

test.each([
  [true, 1],
  [false, 0],
])('a store whose health is %s is a %d, and the event loop has its delay', async (isHealthy, value) => {
  const metrics = aMetrics(isHealthy);
  expect(await linesOf(metrics, 'store_healthy')).toEqual([`rehab_first_store_healthy ${value}`]);
  expect(await linesOf(metrics, 'event_loop_delay_seconds')).toEqual(['rehab_first_event_loop_delay_seconds 0.25']);
});
