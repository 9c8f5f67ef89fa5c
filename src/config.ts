import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLoopback, isLoopbackHost } from './chart/loopback.ts';
import { parseKey } from './store/patient-key.ts';
import { SYSTEMS } from './terminology/systems.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Levels of pino, and `silent` for none. */
export type LogLevel = (typeof LOG_LEVELS)[number];

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
  /** Threads that a simulation uses; absent: one for each core. */
  readonly workers?: number;
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

/** Characters of an admin token; fewer could be guessed. */
const LEAST_TOKEN = 16;
const CODE_SYSTEMS: ReadonlyMap<string, string> = new Map(Object.entries(SYSTEMS));

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

type Report = (problem: string) => void;

const unusedSettings = (clients: ClientSettings | undefined): readonly string[] =>
  clients === undefined ? FOR_CLIENTS : [];

function readHost(host = '127.0.0.1', knowsClients: boolean, report: Report): string {
  if (!knowsClients && !isLoopbackHost(host)) {
    report(
      `HOST: ${host} is not a loopback address. Without CLIENTS_FILE the service answers whoever asks, so it listens on ` +
        '127.0.0.0/8, ::1 or localhost only. Name the clients that may call in a CLIENTS_FILE ' +
        '(docs/clients.example.yaml is one), or leave HOST unset.',
    );
  } else if (!/^(?!-)[\w.:-]+$/.test(host)) {
    report(`HOST: ${host} is neither an address nor a host name; an IPv6 address is written without brackets`);
  }
  return host;
}

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

/** Clients' tokens are compared with it letter by letter, so it must be written as clients will write it. */
function readPublicBaseUrl(text = '', report: Report): string {
  const base = text.replace(/\/+$/, '');
  if (base === '') return base;
  const url = URL.canParse(base) ? new URL(base) : undefined;
  const isSafe = url?.protocol === 'https:' || isLoopback(base);
  if (url === undefined || !isSafe || url.username !== '' || url.password !== '' || /[?#]/.test(base))
    report('PUBLIC_BASE_URL: must be an https URL, or http on loopback, without user, query and fragment');
  else if (url.href.replace(/\/+$/, '') !== base)
    report(`PUBLIC_BASE_URL: write it as clients will, ${url.href.replace(/\/+$/, '')}`);
  return base;
}

interface IntegerRange {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

function readInteger(name: string, text: string | undefined, range: IntegerRange, report: Report): number {
  const { fallback, min, max } = range;
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) report(`${name}: must be a whole number from ${min} to ${max}`);
  return value;
}

function readWorkers(text: string | undefined, report: Report): Pick<Config, 'workers'> {
  return text === undefined ? {} : { workers: readInteger('WORKERS', text, { fallback: 1, min: 1, max: 256 }, report) };
}

function readFlag(name: string, text = 'false', report: Report): boolean {
  if (text !== 'true' && text !== 'false') report(`${name}: must be true or false`);
  return text === 'true';
}

/** No message repeats the URL or the key: both are secrets. */
function readDatabase(
  databaseUrl: string | undefined,
  patientKey: string | undefined,
  report: Report,
): Pick<Config, 'databaseUrl' | 'patientKey'> {
  if (databaseUrl !== undefined && !(/^postgres(?:ql)?:\/\//.test(databaseUrl) && URL.canParse(databaseUrl)))
    report('DATABASE_URL: must be a URL such as postgres://user:password@host:5432/database');
  if (patientKey !== undefined && parseKey(patientKey) === undefined)
    report('PATIENT_KEY: must be 32 bytes, as 64 hexadecimal digits or as base64');
  if (databaseUrl !== undefined && patientKey === undefined)
    report('PATIENT_KEY: is needed with DATABASE_URL, the same for every replica: `openssl rand -hex 32` makes one');
  return { ...(databaseUrl !== undefined && { databaseUrl }), ...(patientKey !== undefined && { patientKey }) };
}

/** No message repeats the token. Visible ASCII, so that it fits a header as it is. */
function readAdminToken(adminToken: string | undefined, report: Report): Pick<Config, 'adminToken'> {
  if (adminToken === undefined) return {};
  if (adminToken.length < LEAST_TOKEN || !/^[!-~]+$/.test(adminToken))
    report(
      `ADMIN_TOKEN: must be at least ${LEAST_TOKEN} letters, digits and signs, without spaces: \`openssl rand -hex 32\` makes one`,
    );
  return { adminToken };
}

function readCodeSystems(list = '', report: Report): string[] {
  const names = list.split(',').map((name) => name.trim());
  return names.filter((name) => name !== '').map((name) => readCodeSystem(name, report));
}

function readCodeSystem(name: string, report: Report): string {
  const uri = CODE_SYSTEMS.get(name.toLowerCase()) ?? name;
  if (!/^(?:https?:\/\/|urn:)[^\s/]/i.test(uri)) {
    const shortNames = [...CODE_SYSTEMS.keys()].join(', ');
    report(`CODE_SYSTEMS_OFF: "${name}" is neither the URI of a code system nor one of ${shortNames}`);
  }
  return uri;
}

function readTimeZone(timeZone = 'UTC', report: Report): string {
  if (!isTimeZone(timeZone)) report(`TIME_ZONE: "${timeZone}" is not an IANA time zone such as Europe/Berlin`);
  return timeZone;
}

function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false; // newer runtimes also take offsets
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function readLogLevel(text = 'info', report: Report): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) report(`LOG_LEVEL: must be one of ${LOG_LEVELS.join(', ')}`);
  return level ?? 'info';
}
