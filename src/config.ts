import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type LogLevel,
  type Report,
  readAdminToken,
  readCodeSystems,
  readDatabase,
  readFlag,
  readHost,
  readInteger,
  readLogLevel,
  readPublicBaseUrl,
  readTimeZone,
} from './settings.ts';

/** Settings of the service, from the environment, checked. */
export interface Config {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Who may call; undefined in open mode, where anybody on this machine may. */
  readonly clients?: ClientSettings;
  /** Absolute path of the knowledge folder. */
  readonly cardsDir: string;
  /** Absolute path of a YAML file. */
  readonly siteParameters?: string;
  /** URIs of code systems that are not used here. */
  readonly codeSystemsOff: readonly string[];
  /** IANA name; which calendar day it is. */
  readonly timeZone: string;
  readonly logLevel: LogLevel;
  /** Deadline of all FHIR reads of one call. */
  readonly fhirBudgetMs: number;
  /** Absolute path of the folder that the embedded store writes to. */
  readonly dataDir: string;
  /** PostgreSQL instead of the embedded store. */
  readonly databaseUrl?: string;
  /** 32 bytes, as hexadecimal digits or base64. */
  readonly patientKey?: string;
  /** Whether doctors' comments, which may name patients, are kept. */
  readonly keepComments: boolean;
  readonly retentionDays: number;
  /** What those must show who read `/insights`; absent: whoever is on this machine may. */
  readonly adminToken?: string;
  /** Processes that serve. */
  readonly workers: number;
  /** Threads that a simulation uses. */
  readonly threads: number;
  /** Settings that are given and that nothing acts on. */
  readonly unused: readonly string[];
}

/** Settings of a service that knows its clients. */
export interface ClientSettings {
  /** Absolute path of the clients file. */
  readonly file: string;
  /** The URL under which clients call, without a trailing slash. */
  readonly publicBaseUrl: string;
  /** Calls that a client may make in a minute. */
  readonly rateLimit: number;
}

/** One or more settings are wrong; the message has one problem per line. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const MOST_WORKERS = 256;

/** Every setting this version acts on. */
export const SETTINGS = [
  'HOST',
  'PORT',
  'CLIENTS_FILE',
  'PUBLIC_BASE_URL',
  'RATE_LIMIT',
  'CARDS_DIR',
  'SITE_PARAMETERS',
  'CODE_SYSTEMS_OFF',
  'TIME_ZONE',
  'FHIR_BUDGET_MS',
  'LOG_LEVEL',
  'DATA_DIR',
  'DATABASE_URL',
  'PATIENT_KEY',
  'KEEP_COMMENTS',
  'RETENTION_DAYS',
  'ADMIN_TOKEN',
  'WORKERS',
] as const;

/** Settings that nothing acts on as long as there is no `CLIENTS_FILE`; said at start. */
const FOR_CLIENTS: readonly string[] = ['PUBLIC_BASE_URL', 'RATE_LIMIT'];

/**
 * The settings, read once at start. An empty value counts as unset.
 *
 * @throws ConfigError with every problem
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const read = (name: string): string | undefined => env[name]?.trim() || undefined;
  const report = (problem: string): void => void problems.push(problem);

  const siteParameters = read('SITE_PARAMETERS');
  const cardsDir = read('CARDS_DIR');
  const clientsFile = read('CLIENTS_FILE');
  const clients = readClientSettings(clientsFile, read('PUBLIC_BASE_URL'), read('RATE_LIMIT'), report);
  const config: Config = {
    host: readHost(read('HOST'), clientsFile !== undefined, report),
    ...(clients && { clients }),
    port: readInteger('PORT', read('PORT'), { fallback: 3000, min: 0, max: 65_535 }, report),
    cardsDir: cardsDir === undefined ? fileURLToPath(new URL('../cards', import.meta.url)) : resolve(cardsDir),
    ...(siteParameters !== undefined && { siteParameters: resolve(siteParameters) }),
    codeSystemsOff: Object.freeze(readCodeSystems(read('CODE_SYSTEMS_OFF'), report)),
    timeZone: readTimeZone(read('TIME_ZONE'), report),
    logLevel: readLogLevel(read('LOG_LEVEL'), report),
    fhirBudgetMs: readInteger(
      'FHIR_BUDGET_MS',
      read('FHIR_BUDGET_MS'),
      { fallback: 2000, min: 50, max: 60_000 },
      report,
    ),
    dataDir: resolve(read('DATA_DIR') ?? 'data'),
    ...readDatabase(read('DATABASE_URL'), read('PATIENT_KEY'), report),
    keepComments: readFlag('KEEP_COMMENTS', read('KEEP_COMMENTS'), report),
    retentionDays: readInteger(
      'RETENTION_DAYS',
      read('RETENTION_DAYS'),
      { fallback: 730, min: 1, max: 36_500 },
      report,
    ),
    ...readAdminToken(read('ADMIN_TOKEN'), report),
    ...readWorkers(read('WORKERS'), report),
    unused: Object.freeze(unusedSettings(clients).filter((name) => read(name) !== undefined)),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

const unusedSettings = (clients: ClientSettings | undefined): readonly string[] =>
  clients === undefined ? FOR_CLIENTS : [];

function readClientSettings(
  file: string | undefined,
  publicBaseUrl: string | undefined,
  rateLimit: string | undefined,
  report: Report,
): ClientSettings | undefined {
  const settings = {
    publicBaseUrl: readPublicBaseUrl(publicBaseUrl, report),
    rateLimit: readInteger('RATE_LIMIT', rateLimit, { fallback: 6000, min: 1, max: 10_000_000 }, report),
  };
  if (file === undefined) return undefined;
  if (publicBaseUrl === undefined)
    report(
      'PUBLIC_BASE_URL: is needed with CLIENTS_FILE: the https URL under which clients reach this service, such as ' +
        'https://cds.example.org; their tokens must name it',
    );
  return { file: resolve(file), ...settings };
}

/** Without it one process serves, and a simulation uses every core. */
function readWorkers(text: string | undefined, report: Report): Pick<Config, 'workers' | 'threads'> {
  const cores = availableParallelism();
  if (text === undefined) return { workers: 1, threads: cores };
  if (text === 'auto') return { workers: cores, threads: cores };
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (!(count >= 1 && count <= MOST_WORKERS))
    report(`WORKERS: must be a whole number from 1 to ${MOST_WORKERS}, or auto`);
  return { workers: count, threads: count };
}
