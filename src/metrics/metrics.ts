import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FhirReader, ReadResult } from '../chart/slice.ts';
import type { LogEntry } from '../http/request-log.ts';
import type { DecisionRecord, Store } from '../store/store.ts';

const CALL = '/cds-services/:id';
const FEEDBACK = '/cds-services/:id/feedback';
/** Seconds; the standard asks for answers within about half of one. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const MS_PER_S = 1000;
/** In open mode the caller names the server, so their number needs a bound. */
const MOST_SERVERS = 200;

/** Where a read came to, by what its reason says. */
const READ_OUTCOMES: readonly (readonly [RegExp, string])[] = [
  [/^timed out$/, 'timeout'],
  [/^connection failed$/, 'no-connection'],
  [/^HTTP 5/, 'server-error'],
  [/^HTTP 4/, 'refused'],
  [/left alone/, 'left-alone'],
];

/** What is asked for when the metrics are. */
export interface MetricsDeps {
  readonly isStoreHealthy: () => boolean;
  readonly eventLoopDelayMs: () => number;
  /** Gives the metrics of all workers, where this process is one of several. */
  readonly gather?: (() => Promise<string>) | undefined;
}

/** For the process that started the workers: the metrics of all of them, added up. */
export function gatherMetrics(): () => Promise<string> {
  const registry = new AggregatorRegistry();
  return () => registry.clusterMetrics();
}

/** Numbers of this process for Prometheus, taken at its edges. No label holds anything of a patient, and each has few values. */
export interface Metrics {
  readonly countRequest: (entry: LogEntry) => void;
  readonly noteServer: (server: string, state: 'failing' | 'recovered') => void;
  /** The same reads, counted. */
  readonly countReads: <Call extends readonly unknown[]>(
    open: (...call: Call) => FhirReader | undefined,
  ) => (...call: Call) => FhirReader | undefined;
  /** The same store, with the cards of decisions counted, recorded or not. */
  readonly countCards: <S extends Pick<Store, 'recordDecision'>>(store: S) => Pick<Store, 'recordDecision'>;
  /** In the text format of Prometheus. https://prometheus.io/docs/instrumenting/exposition_formats/ */
  readonly render: () => Promise<string>;
}

export function createMetrics({ isStoreHealthy, eventLoopDelayMs, gather }: MetricsDeps): Metrics {
  const registry = new Registry();
  if (gather !== undefined) {
    AggregatorRegistry.setRegistries(registry);
    new AggregatorRegistry(); // from here on this process answers when it is asked for its part
  }
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: 'rehab_first_calls_total',
    help: 'Hook calls, by what came of them',
    labelNames: ['service', 'hook', 'client', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'rehab_first_call_duration_seconds',
    help: 'Time from a hook call to its answer',
    labelNames: ['service', 'hook'],
    buckets: BUCKETS,
    registers,
  });
  const steps = new Histogram({
    name: 'rehab_first_step_duration_seconds',
    help: 'Time of one step of a hook call',
    labelNames: ['step'],
    buckets: BUCKETS,
    registers,
  });
  const feedback = new Counter({
    name: 'rehab_first_feedback_calls_total',
    help: 'Feedback calls, by what came of them',
    labelNames: ['service', 'client', 'outcome'],
    registers,
  });
  const cards = new Counter({
    name: 'rehab_first_cards_total',
    help: 'Cards that fired, and whether they were shown',
    labelNames: ['card', 'indicator', 'disposition'],
    registers,
  });
  const reads = new Counter({
    name: 'rehab_first_fhir_reads_total',
    help: 'Reads of FHIR servers, by what came of them',
    labelNames: ['outcome'],
    registers,
  });
  const failing = new Set<string>();
  gauge(
    'rehab_first_fhir_server_left_alone',
    'FHIR servers that keep failing and are left alone',
    ['host'],
    'max',
    (self) => {
      self.reset();
      for (const server of failing) self.set({ host: new URL(server).host }, 1);
    },
  );
  gauge('rehab_first_store_healthy', 'Whether the store works', [], 'min', (self) =>
    self.set(Number(isStoreHealthy())),
  );
  gauge(
    'rehab_first_event_loop_delay_seconds',
    'How long work waits for its turn, by which calls are shed',
    [],
    'max',
    (self) => self.set(eventLoopDelayMs() / MS_PER_S),
  );

  /** @param aggregator which of the workers' values counts */
  function gauge(
    name: string,
    help: string,
    labelNames: string[],
    aggregator: 'min' | 'max',
    collect: (self: Gauge) => void,
  ): void {
    new Gauge({
      ...{ name, help, labelNames, aggregator },
      registers,
      collect() {
        collect(this);
      },
    });
  }
  function countCall(entry: LogEntry): void {
    const { serviceId: service = '', hook = '', client = '', ms, timings = {} } = entry;
    calls.inc({ service, hook, client, outcome: outcomeOf(entry) });
    if (hook === '') return;
    durations.observe({ service, hook }, ms / MS_PER_S);
    for (const [step, took] of Object.entries(timings)) steps.observe({ step }, took / MS_PER_S);
  }
  return {
    countRequest: (entry) => {
      const { method, route, serviceId: service = '', client = '' } = entry;
      if (method !== 'POST') return;
      if (route === CALL) countCall(entry);
      if (route === FEEDBACK) feedback.inc({ service, client, outcome: outcomeOf(entry) });
    },
    noteServer: (server, state) => {
      failing.delete(server);
      if (state === 'failing') failing.add(server);
      const [oldest] = failing;
      if (failing.size > MOST_SERVERS && oldest !== undefined) failing.delete(oldest);
    },
    countReads:
      (open) =>
      (...call) => {
        const reader = open(...call);
        return (
          reader && {
            read: async (path) => {
              const result = await reader.read(path);
              reads.inc({ outcome: readOutcomeOf(result) });
              return result;
            },
          }
        );
      },
    countCards: (store) => ({
      recordDecision: (decision) => {
        countCardsOf(decision, cards);
        return store.recordDecision(decision);
      },
    }),
    render: gather ?? (() => registry.metrics()),
  };
}

function countCardsOf(decision: DecisionRecord, cards: Counter): void {
  for (const { card, indicator = '', disposition } of decision.cards)
    if (disposition !== undefined) cards.inc({ card, indicator, disposition });
}

const readOutcomeOf = (result: ReadResult): string =>
  result.ok ? 'ok' : (READ_OUTCOMES.find(([pattern]) => pattern.test(result.reason))?.[1] ?? 'unusable');

/** What came of a call, in one word. */
function outcomeOf({ status, code, cards }: LogEntry): string {
  if (status < 300) return cards === undefined ? 'kept' : cards > 0 ? 'card' : 'none';
  if (status === 499) return 'gone';
  if (code === 'chart-incomplete') return 'incomplete';
  if (code === 'overloaded') return 'shed';
  if (code === 'unavailable') return 'unavailable';
  return status >= 500 ? 'failed' : 'refused';
}
