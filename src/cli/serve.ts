import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { createApp } from '../app.ts';
import type { Client } from '../clients/client.ts';
import { loadClients } from '../clients/file.ts';
import { dayIn } from '../clinical/dates.ts';
import type { Config } from '../config.ts';
import { valueSetsIn } from '../export/value-sets.ts';
import { watchEventLoop } from '../http/event-loop.ts';
import type { Readiness } from '../http/health.ts';
import type { LogEntry } from '../http/request-log.ts';
import { shedAbove } from '../http/shed.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { openStore, type StorePlace } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { openAdmission } from './admission.ts';
import { appDeps, loadDemo, loadWorkbench, type Parts, pagesOf } from './compose.ts';
import { exampleCurl } from './example.ts';
import type { Supervisor } from './supervisor.ts';

/** After SIGTERM calls are still taken for so long, so that a balancer can see `ready` turn 503. */
const GRACE_MS = 1000;
/** What calls in flight get beyond their FHIR budget before their connections are closed all the same. */
const PATIENCE_MS = 5000;
/** A client that takes longer to send its request is dropped. */
const REQUEST_TIMEOUT_MS = 30_000;
const SWEEP_EVERY_MS = 3_600_000;
/** Where the build leaves the pages. */
const PAGES_DIR = fileURLToPath(new URL('../pages', import.meta.url));

/**
 * Loads the knowledge, opens the store, listens, and stops cleanly when its supervisor says so.
 *
 * @throws AggregateError of KnowledgeProblems and ClientsProblems, Unavailable when the store cannot be opened, and what `listen` throws
 */
export async function serve(config: Config, clock: () => Date, supervisor: Supervisor): Promise<void> {
  const [knowledge, clients] = await readFiles(config);
  const valueSets = valueSetsIn(config.cardsDir, config.codeSystemsOff);
  const logger: Logger = pino({ level: config.logLevel, base: { service: 'rehab-first' } });
  const store = await openStore(placeOf(config), {
    clock,
    keepComments: config.keepComments,
    ...(config.patientKey !== undefined && { patientKey: config.patientKey }),
    report: (sentence) => logger.warn(sentence),
  });
  const delayMs = () => eventLoop.delayMs();
  const metrics = createMetrics({
    isStoreHealthy: () => store.isHealthy(),
    eventLoopDelayMs: delayMs,
    gather: supervisor.gatherMetrics,
  });
  const { admission, notice, reload, longestBudgetMs } = openAdmission({
    ...{ config, clients, clock, store, logger },
    tellServer: metrics.noteServer,
  });
  if (reload !== undefined) supervisor.onReload(reload);
  let isDraining = false;
  const readiness = (): Readiness => (isDraining ? 'draining' : store.isHealthy() ? 'ok' : 'store-failing');
  const parts: Parts = {
    knowledge,
    config,
    admission: { ...admission, openReader: metrics.countReads(admission.openReader) },
    clock,
    store: {
      answeredWithin: (about) => store.answeredWithin(about),
      recordFeedback: (...feedback) => store.recordFeedback(...feedback),
      ...metrics.countCards(store),
    },
    readiness,
    isOverloaded: shedAbove(delayMs),
    log: (entry) => {
      metrics.countRequest(entry);
      logRequest(logger, entry);
    },
    report: (problem, error, trace) =>
      logger.warn({ reason: error instanceof Error ? error.message : 'unknown', traceId: trace?.traceId }, problem),
  };
  const isOpen = config.clients === undefined;
  const pages = pagesOf({ ...parts, store, valueSets, metrics, adminToken: config.adminToken, isOpen, dir: PAGES_DIR });
  const demo = isOpen ? { demo: await loadDemo(parts) } : {};
  const workbench = isOpen ? await loadWorkbench({ ...parts, store, dir: PAGES_DIR }) : [];
  // not before all is loaded: a start is no overload
  const eventLoop = watchEventLoop();
  const server = createServer(createApp({ ...appDeps(parts), ...demo, pages: [...pages, ...workbench] }));
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
    server.listen(config.port, config.host);
  });

  const stopSweeping = keepSweeping(store, config.retentionDays, clock, logger);

  const stop = () => {
    if (isDraining) return;
    isDraining = true;
    logger.info('draining');
    stopSweeping();
    setTimeout(() => {
      server.close(() => {
        store.close().then(
          () => process.exit(0),
          (error: Error) => {
            logger.error({ reason: error.message }, 'decisions are lost');
            process.exit(1);
          },
        );
      });
      server.closeIdleConnections();
    }, GRACE_MS);
    setTimeout(() => server.closeAllConnections(), GRACE_MS + longestBudgetMs() + PATIENCE_MS).unref();
  };
  supervisor.onStop(stop);

  const { address, family, port } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  const example = isOpen ? await exampleCurl(url, knowledge, dayIn(clock(), config.timeZone)) : undefined;
  supervisor.announce([`rehab-first ready at ${url}`, ...(example === undefined ? [] : [example]), notice]);
  if (config.unused.length > 0) logger.warn({ settings: config.unused }, 'not used');
  logger.info({ knowledge: knowledge.revision, cards: knowledge.cards.length }, 'started');
}

/** Both are read before anything is said of either, so that all their problems come at once. */
async function readFiles(config: Config): Promise<readonly [Knowledge, readonly Client[]]> {
  const [knowledge, clients] = await Promise.allSettled([readPack(config), readClients(config)]);
  if (knowledge.status === 'fulfilled' && clients.status === 'fulfilled') return [knowledge.value, clients.value];
  throw new AggregateError([knowledge, clients].flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
}

const readPack = async ({ cardsDir, codeSystemsOff, siteParameters }: Config): Promise<Knowledge> =>
  loadKnowledge({
    dir: cardsDir,
    systemsOff: codeSystemsOff,
    skipsVignettes: true,
    ...(siteParameters !== undefined && { siteParameters }),
  });

const readClients = async ({ clients }: Config): Promise<readonly Client[]> =>
  clients === undefined ? [] : loadClients(clients.file);

const placeOf = ({ databaseUrl, dataDir }: Config): StorePlace =>
  databaseUrl === undefined ? { dataDir } : { databaseUrl };

/** Removes what is older than the retention, now and every hour. */
function keepSweeping(store: Store, retentionDays: number, clock: () => Date, logger: Logger): () => void {
  const sweep = () =>
    store.sweep(clock(), retentionDays).then(
      (removed) => Object.values(removed).some((count) => count > 0) && logger.info(removed, 'past the retention'),
      (error: Error) => logger.warn({ reason: error.message }, 'nothing is removed'),
    );
  void sweep();
  const timer = setInterval(() => void sweep(), SWEEP_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function logRequest(logger: Logger, { error, ...entry }: LogEntry): void {
  if (error === undefined) logger.info(entry, 'request');
  else logger.error({ ...entry, err: error }, 'request');
}
