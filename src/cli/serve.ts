import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { type AppDeps, createApp } from '../app.ts';
import type { ServiceDescription } from '../cds-hooks/types.ts';
import { loadClients } from '../clients/file.ts';
import { dayIn } from '../clinical/dates.ts';
import type { Config } from '../config.ts';
import { admitAdmin } from '../http/admin.ts';
import type { Readiness } from '../http/health.ts';
import type { LogEntry } from '../http/request-log.ts';
import { type Readable, reportOn } from '../insights/build.ts';
import { routeInsights } from '../insights/routes.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { rememberCalls } from '../memory.ts';
import { readPage, routeAssets } from '../site/page.ts';
import { openStore, type StorePlace } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { type Admission, openAdmission } from './admission.ts';
import { exampleCurl } from './example.ts';

const CDS_HOOKS_VERSION = '2.0.1';
const MAX_BODY_BYTES = 5_000_000;
/** After SIGTERM calls are still taken for so long, so that a balancer can see `ready` turn 503. */
const GRACE_MS = 1000;
/** What calls in flight get beyond their FHIR budget before the process ends all the same. */
const PATIENCE_MS = 5000;
/** A client that takes longer to send its request is dropped. */
const REQUEST_TIMEOUT_MS = 30_000;
const SWEEP_EVERY_MS = 3_600_000;
/** Where the build leaves the pages. */
const PAGES_DIR = fileURLToPath(new URL('../pages', import.meta.url));

/**
 * Loads the knowledge, opens the store, listens, and stops cleanly on SIGTERM and SIGINT.
 *
 * @throws KnowledgeProblems, ClientsProblems, Unavailable when the store cannot be opened, and what `listen` throws
 */
export async function serve(config: Config, clock: () => Date, print: (line: string) => void): Promise<void> {
  const knowledge = loadKnowledge({
    dir: config.cardsDir,
    systemsOff: config.codeSystemsOff,
    ...(config.siteParameters !== undefined && { siteParameters: config.siteParameters }),
  });
  const clients = config.clients === undefined ? [] : await loadClients(config.clients.file);
  const logger: Logger = pino({ level: config.logLevel, base: { service: 'rehab-first' } });
  const store = await openStore(placeOf(config), {
    clock,
    keepComments: config.keepComments,
    ...(config.patientKey !== undefined && { patientKey: config.patientKey }),
    report: (sentence) => logger.warn(sentence),
  });
  const { admission, notice, reload, longestBudgetMs } = openAdmission({ config, clients, clock, store, logger });
  let isDraining = false;
  const readiness = (): Readiness => (isDraining ? 'draining' : store.isHealthy() ? 'ok' : 'store-failing');
  const parts: Parts = {
    knowledge,
    config,
    admission,
    clock,
    store,
    readiness,
    log: (entry) => logRequest(logger, entry),
    report: (problem, error) => logger.warn({ reason: error instanceof Error ? error.message : 'unknown' }, problem),
  };
  const pages = pagesOf({ ...parts, store, adminToken: config.adminToken, dir: PAGES_DIR });
  const demo = config.clients === undefined ? { demo: await loadDemo(parts) } : {};
  const server = createApp({ ...appDeps(parts), ...demo, pages }).listen(config.port, config.host);
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });

  const { address, family, port } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  print(`rehab-first ready at ${url}`);
  const isOpen = config.clients === undefined;
  const example = isOpen ? await exampleCurl(url, knowledge, dayIn(clock(), config.timeZone)) : undefined;
  if (example !== undefined) print(example);
  print(notice);
  if (reload !== undefined) process.on('SIGHUP', reload);
  if (config.unused.length > 0) logger.warn({ settings: config.unused }, 'not used');
  logger.info({ knowledge: knowledge.revision, cards: knowledge.cards.length }, 'started');
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
    setTimeout(() => process.exit(0), GRACE_MS + longestBudgetMs() + PATIENCE_MS).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

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

/** What the application is put together from. */
export interface Parts {
  readonly knowledge: Knowledge;
  readonly config: Pick<Config, 'timeZone'>;
  readonly admission: Admission;
  readonly clock: () => Date;
  readonly store: Pick<Store, 'answeredWithin' | 'recordDecision' | 'recordFeedback'>;
  readonly readiness: () => Readiness;
  readonly log: (entry: LogEntry) => void;
  /** Told, without patient data, what went wrong beside the calls. */
  readonly report: (problem: string, error: unknown) => void;
}

/** The demo EHR of open mode, for synthetic patients only: a service with clients never imports it. */
async function loadDemo({ clock, config }: Parts): Promise<NonNullable<AppDeps['demo']>> {
  const { openDemo } = await import('../demo/open.ts');
  return openDemo({ clock, today: () => dayIn(clock(), config.timeZone) });
}

/** The application's parts for a loaded pack and a store. */
export function appDeps({ knowledge, config, admission, clock, store, readiness, log, report }: Parts): AppDeps {
  const { openReader, isSilent, ...atTheDoor } = admission;
  return {
    services: describeServices(knowledge),
    ...atTheDoor,
    answer: rememberCalls({
      knowledge,
      timeZone: config.timeZone,
      clock,
      openReader,
      ...(isSilent && { isSilent }),
      store,
      report,
    }),
    keepFeedback: (items, caller) => store.recordFeedback(items, caller),
    readiness,
    log,
    maxBodyBytes: MAX_BODY_BYTES,
  };
}

/** What the pages are made of. */
export interface PageParts extends Pick<Parts, 'knowledge' | 'clock'> {
  readonly config: Pick<Config, 'timeZone'>;
  readonly store: Readable;
  readonly adminToken: string | undefined;
  /** Folder of the built pages. */
  readonly dir: string;
}

/** The pages for people. */
export function pagesOf({
  knowledge,
  clock,
  config,
  store,
  adminToken,
  dir,
}: PageParts): NonNullable<AppDeps['pages']> {
  const insights = routeInsights({
    page: readPage(dir, 'insights'),
    admit: admitAdmin(adminToken),
    report: (days) => reportOn(store, days, knowledge),
    clock,
    timeZone: config.timeZone,
  });
  return [routeAssets(dir), insights];
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

function logRequest(logger: Logger, { error, ...entry }: LogEntry): void {
  if (error === undefined) logger.info(entry, 'request');
  else logger.error({ ...entry, err: error }, 'request');
}
