/** What other programs may use of this package; everything else in it may change without notice. */

import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { considerCall } from './answer.ts';
import { createApp as assemble } from './app.ts';
import { parseHookRequest } from './cds-hooks/request.ts';
import type { CdsResponse, HookRequest } from './cds-hooks/types.ts';
import type { FhirReader } from './chart/slice.ts';
import { appDeps } from './cli/compose.ts';
import { InvalidRequest, Unavailable } from './errors.ts';
import type { LogEntry } from './http/log-entry.ts';
import { inLanguage } from './knowledge/language.ts';
import { type KnowledgeOptions, loadKnowledge as load } from './knowledge/load.ts';
import type { Knowledge } from './knowledge/types.ts';
import type { Store } from './store/store.ts';

export type { Card, CdsResponse, HookRequest, RawResource } from './cds-hooks/types.ts';
export type { FhirReader, ReadResult } from './chart/slice.ts';
export { ServiceError } from './errors.ts';
export type { LogEntry } from './http/log-entry.ts';
export { KnowledgeProblems } from './knowledge/problem.ts';
export type { Knowledge } from './knowledge/types.ts';
export { openStore, type StoreOptions, type StorePlace } from './store/open.ts';
export type { Store } from './store/store.ts';

/**
 * Reads, checks and links a knowledge folder; that of this package unless another is named.
 * @throws KnowledgeProblems with every problem found, when there is one
 */
export const loadKnowledge = (options: Partial<KnowledgeOptions> = {}): Knowledge =>
  load({ dir: fileURLToPath(new URL('../cards', import.meta.url)), skipsVignettes: true, ...options });

/** What judging a call needs beside the call. */
export interface AnswerOptions {
  readonly knowledge: Knowledge;
  /** When the call is judged. */
  readonly now: Date;
  /** IANA zone in which "today" is taken; `UTC` when absent. */
  readonly timeZone?: string;
  /** BCP 47 tags of languages for the card, the most wanted first. */
  readonly languages?: readonly string[];
  /** Reads what was not prefetched; without it the call has nothing but its prefetch. */
  readonly readFhir?: FhirReader;
}

/**
 * The answer to one CDS Hooks call, `order-select` or `order-sign`. The same call, knowledge and time give the same answer: nothing is
 * remembered, no clock is read, and nothing but `readFhir` is asked.
 * @throws ServiceError: the call is not valid, is about two patients, or lacks a chart that is required
 */
export async function answer(
  call: unknown,
  { knowledge, now, timeZone = 'UTC', languages = [], readFhir }: AnswerOptions,
): Promise<CdsResponse> {
  const request = parseHookRequest(
    call,
    knowledge.services.map(({ hook }) => hook),
  );
  const service = knowledge.services.find(({ hook }) => hook === request.hook);
  if (service === undefined) throw new InvalidRequest('No service of this pack serves this hook');
  const { response } = await considerCall(service.id, request, {
    knowledge: inLanguage(knowledge, languages),
    timeZone,
    clock: () => now,
    openReader: () => readFhir,
  });
  return response;
}

/** What the service is made of. */
export interface AppOptions {
  readonly knowledge: Knowledge;
  /** IANA zone in which "today" is taken; `UTC` when absent. */
  readonly timeZone?: string;
  readonly clock?: () => Date;
  /** What remembers calls and answers, as {@link openStore} gives it. Without it no card is kept quiet, and feedback is answered 503. */
  readonly store?: Pick<Store, 'answeredWithin' | 'recordDecision' | 'recordFeedback' | 'isHealthy'>;
  /** A reader for the FHIR server of a call. Without it calls have nothing but their prefetch: a server that a caller names is never asked. */
  readonly readFhir?: (call: HookRequest) => FhirReader | undefined;
  /** Told of every request, without patient data. */
  readonly log?: (entry: LogEntry) => void;
  /** Told, without patient data, what went wrong beside the calls. */
  readonly report?: (problem: string, error: unknown) => void;
}

/**
 * The CDS Hooks service: discovery, calls, feedback and health, for `http.createServer` or to be mounted in an application of your own. It
 * takes calls from anybody who reaches it: put your authentication in front.
 */
export function createApp({
  knowledge,
  timeZone = 'UTC',
  clock = () => new Date(),
  store,
  readFhir = () => undefined,
  log = () => {},
  report = () => {},
}: AppOptions): RequestListener {
  return assemble(
    appDeps({
      knowledge,
      config: { timeZone },
      admission: { authenticate: async () => ({ client: '', tenant: '' }), openReader: (call) => readFhir(call) },
      clock,
      store: store ?? FORGETFUL,
      readiness: () => (store === undefined || store.isHealthy() ? 'ok' : 'store-failing'),
      log,
      report,
    }),
  );
}

const FORGETFUL: Pick<Store, 'answeredWithin' | 'recordDecision' | 'recordFeedback'> = {
  answeredWithin: async () => false,
  recordDecision: async () => {},
  recordFeedback: async () => {
    throw new Unavailable('This service keeps no feedback');
  },
};
