import type { Logger } from 'pino';
import type { Deps } from '../answer.ts';
import type { AppDeps } from '../app.ts';
import type { Caller, HookRequest } from '../cds-hooks/types.ts';
import { createGuards, type Guard } from '../chart/fhir-breaker.ts';
import { isOutage, openFhirReader } from '../chart/fhir-reader.ts';
import { isLoopback } from '../chart/loopback.ts';
import { registeredServer } from '../clients/access.ts';
import { type AuthenticateDeps, authenticateBy } from '../clients/authenticate.ts';
import type { Client } from '../clients/client.ts';
import { mapCodes } from '../clients/code-map.ts';
import { ClientsProblems, loadClients } from '../clients/file.ts';
import { Registry } from '../clients/registry.ts';
import { surviveOutage } from '../clients/seen-tokens.ts';
import type { Config } from '../config.ts';
import { printProblem } from '../documents/problem.ts';
import { createLimits } from '../http/rate-limit.ts';
import type { MemoryDeps } from '../memory.ts';
import type { Store } from '../store/store.ts';
import { headersOf, type Trace } from '../trace.ts';

/** Who may call, and what a call may have read: the parts of the application that differ between open mode and registered clients. */
export type Admission = Pick<AppDeps, 'authenticate' | 'limits' | 'origins'> &
  Pick<Deps, 'isSilent' | 'isRated' | 'pagesUrl'> &
  Pick<MemoryDeps, 'openReader'> & {
    /** The language that a client's doctors read, where it is settled. */
    readonly localeOf?: (caller: Caller) => string | undefined;
    /** The call with standard codes beside the client's own. */
    readonly translateCodes?: (request: HookRequest, caller: Caller) => HookRequest;
  };

/** What every admission needs. */
export interface AdmissionDeps {
  /** Deadline of all FHIR reads of one call. */
  readonly fhirBudgetMs: number;
  /** Told of a FHIR server, by its base URL, that it is left alone for a while, or is taken back. */
  readonly tellServer?: Parameters<typeof createGuards>[1];
}

/** Anybody may call, and only a FHIR server on this machine is read, with the call's token when it has one. */
export function admitAnybody({ fhirBudgetMs, tellServer }: AdmissionDeps): Admission {
  const guards = createGuards(isOutage, tellServer);
  return {
    authenticate: async () => ({ client: '', tenant: '' }),
    openReader: (request, _caller, trace) =>
      request.fhirServer !== undefined && isLoopback(request.fhirServer)
        ? readerFor(request, fhirBudgetMs, guards(new URL(request.fhirServer).origin), trace)
        : undefined,
  };
}

/** What admitting registered clients needs. */
export interface ClientsDeps extends AdmissionDeps, AuthenticateDeps {
  readonly registry: Registry;
  /** Calls that a client may make in a minute. */
  readonly rateLimit: number;
}

/** Registered clients may call, and each has its own FHIR servers, for which every call brings a token. */
export function admitClients({ fhirBudgetMs, tellServer, rateLimit, ...deps }: ClientsDeps): Admission {
  const { registry } = deps;
  const guards = createGuards(isOutage, tellServer);
  return {
    authenticate: authenticateBy(deps),
    limits: createLimits(rateLimit, deps.clock),
    origins: () => registry.origins,
    // a client that was taken out while its call is under way gets no card
    isSilent: ({ client }) => registry.byId(client)?.mode !== 'live',
    isRated: ({ client }) => registry.byId(client)?.supports.includes('pamaRating') ?? false,
    pagesUrl: ({ client }) =>
      registry.byId(client)?.supports.includes('knowledgePages') ? deps.publicBaseUrl : undefined,
    localeOf: ({ client }) => registry.byId(client)?.locale,
    translateCodes: (request, { client }) => {
      const map = registry.byId(client)?.codeMap;
      return map === undefined ? request : mapCodes(request, map);
    },
    openReader: (request, caller, trace) => {
      const client = registry.byId(caller.client);
      if (client === undefined || request.fhirServer === undefined || request.fhirAuthorization === undefined)
        return undefined;
      const server = registeredServer(client, request.fhirServer);
      if (server === undefined) return undefined;
      return readerFor(request, client.budgetMs ?? fhirBudgetMs, guards(server), trace);
    },
  };
}

function readerFor(request: HookRequest, budgetMs: number, guard: Guard, trace: Trace | undefined) {
  const { fhirServer = '', fhirAuthorization } = request;
  const token = fhirAuthorization?.access_token;
  return openFhirReader({
    server: fhirServer,
    signal: AbortSignal.timeout(budgetMs),
    guard,
    traceHeaders: trace && (() => headersOf(trace)),
    ...(token !== undefined && { token }),
  });
}

/** What opening an admission needs. */
export interface OpeningDeps {
  readonly config: Pick<Config, 'clients' | 'fhirBudgetMs'>;
  /** The clients of the clients file, where there is one. */
  readonly clients: readonly Client[];
  readonly clock: () => Date;
  readonly store: Pick<Store, 'insertJti'>;
  readonly logger: Logger;
  /** Told what the log is told of FHIR servers. */
  readonly tellServer?: AdmissionDeps['tellServer'];
}

/** An admission as the settings ask for it. */
export interface Opened {
  readonly admission: Admission;
  /** What to say at start about who may call. */
  readonly notice: string;
  /** Reads the clients file again; one with problems changes nothing. Absent in open mode. */
  readonly reload?: () => Promise<void>;
  /** The longest that the FHIR reads of a call may take. */
  readonly longestBudgetMs: () => number;
}

/** Opens the door: for anybody, or for the clients that are registered. */
export function openAdmission(deps: OpeningDeps): Opened {
  const { config, clients: registered, clock, store, logger } = deps;
  const { clients: settings, fhirBudgetMs } = config;
  const tellServer: AdmissionDeps['tellServer'] = (server, state) => {
    logger.warn({ fhirHost: new URL(server).host, state }, 'FHIR server');
    deps.tellServer?.(server, state);
  };
  if (settings === undefined) {
    return {
      admission: admitAnybody({ fhirBudgetMs, tellServer }),
      notice: OPEN_MODE,
      longestBudgetMs: () => fhirBudgetMs,
    };
  }
  const { file, publicBaseUrl, rateLimit } = settings;
  let clients = registered;
  const report = (client: string, reason: string) => logger.warn({ client, reason }, 'keys');
  const registry = new Registry(clients, { clock, report });
  const load = async () => {
    try {
      clients = await loadClients(file);
      registry.replace(clients);
      logger.info({ clients: summary(clients) }, 'clients read again');
    } catch (error) {
      const problems = error instanceof ClientsProblems ? error.problems.map(printProblem) : [String(error)];
      logger.error({ problems }, 'the clients file has problems; the clients from before stay');
    }
  };
  let reloading = Promise.resolve();
  logger.info({ clients: summary(clients) }, 'clients');
  return {
    admission: admitClients({
      registry,
      publicBaseUrl,
      rateLimit,
      fhirBudgetMs,
      clock,
      tellServer,
      insertJti: surviveOutage((...token) => store.insertJti(...token), clock),
    }),
    notice: `Only registered clients may call (${clients.length}). Discovery, open to all, is to be reached at ${publicBaseUrl}/cds-services`,
    reload: () => {
      reloading = reloading.then(load);
      return reloading;
    },
    longestBudgetMs: () => Math.max(fhirBudgetMs, ...clients.map(({ budgetMs = 0 }) => budgetMs)),
  };
}

const OPEN_MODE =
  'Open mode: anybody on this machine may call. It binds to loopback only, and reads FHIR servers on loopback only.';

const summary = (clients: readonly Client[]) => clients.map(({ id, mode }) => `${id} (${mode})`);
