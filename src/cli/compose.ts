import type { ValueSet } from 'fhir/r4.js';
import type { AppDeps } from '../app.ts';
import type { ServiceDescription } from '../cds-hooks/types.ts';
import { dayIn } from '../clinical/dates.ts';
import type { Config } from '../config.ts';
import { routeExport } from '../export/routes.ts';
import { routeHandbook } from '../handbook/routes.ts';
import { admitAdmin } from '../http/admin.ts';
import type { Readiness } from '../http/health.ts';
import type { LogEntry } from '../http/request-log.ts';
import { type Readable, reportOn } from '../insights/build.ts';
import { routeInsights } from '../insights/routes.ts';
import { inLanguage } from '../knowledge/language.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { answersSought, type MemoryDeps, rememberCalls } from '../memory.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { routeMetrics } from '../metrics/routes.ts';
import { type Address, readPage, routeAssets } from '../site/page.ts';
import type { Store } from '../store/store.ts';
import type { Admission } from './admission.ts';

const CDS_HOOKS_VERSION = '2.0.1';
const MAX_BODY_BYTES = 5_000_000;

/** What the application is put together from. */
export interface Parts {
  readonly knowledge: Knowledge;
  readonly config: Pick<Config, 'timeZone'>;
  readonly admission: Admission;
  readonly clock: () => Date;
  readonly store: Pick<Store, 'answeredWithin' | 'recordDecision' | 'recordFeedback'>;
  readonly readiness: () => Readiness;
  readonly isOverloaded?: AppDeps['isOverloaded'];
  readonly log: (entry: LogEntry) => void;
  /** Told, without patient data, what went wrong beside the calls. */
  readonly report: MemoryDeps['report'];
}

/** The demo EHR of open mode, for synthetic patients only: a service with clients never imports it. */
export async function loadDemo({
  clock,
  config,
}: Pick<Parts, 'clock' | 'config'>): Promise<NonNullable<AppDeps['demo']>> {
  const { openDemo } = await import('../demo/open.ts');
  return openDemo({ clock, today: () => dayIn(clock(), config.timeZone) });
}

/** What the workbench is put together from. */
export interface WorkbenchParts extends Pick<Parts, 'knowledge' | 'config' | 'admission' | 'clock'> {
  readonly store: Pick<Store, 'answeredWithin' | 'erasePatient' | 'patientHmac'>;
  /** Folder of the built pages. */
  readonly dir: string;
}

/** The workbench of open mode: a service with clients never imports it. */
export async function loadWorkbench(parts: WorkbenchParts): Promise<NonNullable<AppDeps['pages']>> {
  const { knowledge, config, admission, clock, store, dir } = parts;
  const [{ routeWorkbench }, { readRoster }] = await Promise.all([
    import('../workbench/routes.ts'),
    import('../workbench/patients.ts'),
  ]);
  const workbench = routeWorkbench({
    page: readPage(dir, offered(undefined, true)),
    admit: admitAdmin(undefined, true),
    roster: readRoster(),
    knowledge,
    timeZone: config.timeZone,
    clock,
    openReader: admission.openReader,
    isAnswered: (about) => store.answeredWithin(answersSought(about, clock())),
    forget: (patient) => store.erasePatient(store.patientHmac({ client: '', tenant: '', patient })),
    maxBodyBytes: MAX_BODY_BYTES,
  });
  return [workbench];
}

/** The application's parts for a loaded pack and a store. */
export function appDeps(parts: Parts): AppDeps {
  const { knowledge, config, admission, clock, store, readiness, isOverloaded, log, report } = parts;
  const { openReader, isSilent, isRated, pagesUrl, localeOf, translateCodes, ...atTheDoor } = admission;
  const answer = rememberCalls({
    knowledge,
    timeZone: config.timeZone,
    clock,
    openReader,
    ...(isSilent && { isSilent }),
    ...(isRated && { isRated }),
    ...(pagesUrl && { pagesUrl }),
    store,
    report,
  });
  return {
    services: describeServices(knowledge),
    ...atTheDoor,
    answer: (serviceId, request, caller, passage) => {
      const own = localeOf?.(caller);
      const call = translateCodes?.(request, caller) ?? request;
      return answer(serviceId, call, caller, own === undefined ? passage : { ...passage, languages: [own] });
    },
    keepFeedback: (items, caller) => store.recordFeedback(items, caller),
    readiness,
    isOverloaded,
    log,
    maxBodyBytes: MAX_BODY_BYTES,
  };
}

/** What the pages are made of. */
export interface PageParts extends Pick<Parts, 'knowledge' | 'clock'> {
  readonly config: Pick<Config, 'timeZone'>;
  readonly store: Readable;
  /** Those of the pack, as they stand there. */
  readonly valueSets: readonly ValueSet[];
  readonly metrics: Pick<Metrics, 'render'>;
  readonly adminToken: string | undefined;
  /** Whether anybody may call. */
  readonly isOpen: boolean;
  /** Folder of the built pages. */
  readonly dir: string;
}

/** Pages to go to: a service with registered clients has no workbench, and lets nobody see its insights before it has an admin token. */
function offered(adminToken: string | undefined, isOpen: boolean): readonly Address[] {
  if (isOpen) return ['/', '/knowledge', '/insights'];
  return adminToken === undefined ? ['/knowledge'] : ['/knowledge', '/insights'];
}

/** The pages for people. */
export function pagesOf({
  knowledge,
  clock,
  config,
  store,
  valueSets,
  metrics,
  adminToken,
  isOpen,
  dir,
}: PageParts): NonNullable<AppDeps['pages']> {
  const admit = admitAdmin(adminToken, isOpen);
  const page = readPage(dir, offered(adminToken, isOpen));
  const insights = routeInsights({
    page,
    admit,
    report: (days, languages) => reportOn(store, days, inLanguage(knowledge, languages)),
    clock,
    timeZone: config.timeZone,
  });
  const handbook = routeHandbook({ page, knowledge });
  return [routeAssets(dir), insights, handbook, routeExport(knowledge, valueSets), routeMetrics(metrics, admit)];
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
