import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { considerCall } from '../answer.ts';
import { type AppDeps, createApp } from '../app.ts';
import type { HookRequest, ServiceDescription } from '../cds-hooks/types.ts';
import { openFhirReader } from '../chart/fhir-reader.ts';
import { isLoopback } from '../chart/loopback.ts';
import type { FhirReader } from '../chart/slice.ts';
import { dayIn } from '../clinical/dates.ts';
import type { Config } from '../config.ts';
import type { LogEntry } from '../http/request-log.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { exampleCurl } from './example.ts';

const CDS_HOOKS_VERSION = '2.0.1';
const MAX_BODY_BYTES = 5_000_000;
/** After SIGTERM calls are still taken for so long, so that a balancer can see `ready` turn 503. */
const GRACE_MS = 1000;
/** What calls in flight get beyond their FHIR budget before the process ends all the same. */
const PATIENCE_MS = 5000;
/** A client that takes longer to send its request is dropped. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Loads the knowledge, listens, and stops cleanly on SIGTERM and SIGINT. @throws KnowledgeProblems, and what `listen` throws. */
export async function serve(config: Config, clock: () => Date, print: (line: string) => void): Promise<void> {
  const knowledge = loadKnowledge({
    dir: config.cardsDir,
    systemsOff: config.codeSystemsOff,
    ...(config.siteParameters !== undefined && { siteParameters: config.siteParameters }),
  });
  const logger: Logger = pino({ level: config.logLevel, base: { service: 'rehab-first' } });
  let isDraining = false;
  const app = createApp(
    appDeps(
      knowledge,
      config,
      clock,
      () => !isDraining,
      (entry) => logRequest(logger, entry),
    ),
  );
  const server = app.listen(config.port, config.host);
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });

  const { address, family, port } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  print(`rehab-first ready at ${url}`);
  const example = await exampleCurl(url, knowledge, dayIn(clock(), config.timeZone));
  if (example !== undefined) print(example);
  print(
    'Open mode: anybody on this machine may call. It binds to loopback only, and reads FHIR servers on loopback only.',
  );
  if (config.unused.length > 0) logger.warn({ settings: config.unused }, 'not used by this version');
  logger.info({ knowledge: knowledge.revision, cards: knowledge.cards.length }, 'started');

  const stop = () => {
    if (isDraining) return;
    isDraining = true;
    logger.info('draining');
    setTimeout(() => {
      server.close(() => process.exit(0));
      server.closeIdleConnections();
    }, GRACE_MS);
    setTimeout(() => process.exit(0), GRACE_MS + config.fhirBudgetMs + PATIENCE_MS).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** The application's parts for a loaded pack. */
export function appDeps(
  knowledge: Knowledge,
  { timeZone, fhirBudgetMs }: Pick<Config, 'timeZone' | 'fhirBudgetMs'>,
  clock: () => Date,
  isReady: () => boolean,
  log: (entry: LogEntry) => void,
): AppDeps {
  const deps = { knowledge, timeZone, clock, openReader: (request: HookRequest) => openReader(request, fhirBudgetMs) };
  return {
    services: describeServices(knowledge),
    answer: async (serviceId, request) => (await considerCall(serviceId, request, deps)).response,
    isReady,
    log,
    maxBodyBytes: MAX_BODY_BYTES,
  };
}

/** What discovery says; the prefetch templates are the slices themselves, so that the two cannot drift apart. */
function describeServices({ services, slices }: Knowledge): ServiceDescription[] {
  return services.map(({ hook, id, title, description, usageRequirements, published }) => {
    const prefetch = Object.fromEntries(
      published.flatMap((name) => (slices.has(name) ? [[name, slices.get(name)?.template ?? '']] : [])),
    );
    return {
      hook,
      id,
      title,
      description,
      version: CDS_HOOKS_VERSION,
      ...(usageRequirements !== undefined && { usageRequirements }),
      ...(published.length > 0 && { prefetch }),
    };
  });
}

/** In open mode only a FHIR server on this machine is read, with the call's token when it has one. Others give no access. */
function openReader({ fhirServer, fhirAuthorization }: HookRequest, budgetMs: number): FhirReader | undefined {
  if (fhirServer === undefined || !isLoopback(fhirServer)) return undefined;
  const token = fhirAuthorization?.access_token;
  return openFhirReader({
    server: fhirServer,
    signal: AbortSignal.timeout(budgetMs),
    ...(token !== undefined && { token }),
  });
}

function logRequest(logger: Logger, { error, ...entry }: LogEntry): void {
  if (error === undefined) logger.info(entry, 'request');
  else logger.error({ ...entry, err: error }, 'request');
}
