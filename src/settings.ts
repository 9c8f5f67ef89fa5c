import { isLoopback, isLoopbackHost } from './chart/loopback.ts';
import { parseKey } from './store/patient-key.ts';
import { SYSTEMS } from './terminology/systems.ts';

// Readers of one setting each. What is wrong is reported, and something of the right type returned all the same.

/** Told of each problem, in words that begin with the name of the setting. */
export type Report = (problem: string) => void;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Levels of pino, and `silent` for none. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Characters of an admin token; fewer could be guessed. */
const LEAST_TOKEN = 16;
const CODE_SYSTEMS: ReadonlyMap<string, string> = new Map(Object.entries(SYSTEMS));

export function readHost(host = '127.0.0.1', knowsClients: boolean, report: Report): string {
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

/** Clients' tokens are compared with it letter by letter, so it must be written as clients will write it. */
export function readPublicBaseUrl(text = '', report: Report): string {
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

export function readInteger(name: string, text: string | undefined, range: IntegerRange, report: Report): number {
  const { fallback, min, max } = range;
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) report(`${name}: must be a whole number from ${min} to ${max}`);
  return value;
}

export function readFlag(name: string, text = 'false', report: Report): boolean {
  if (text !== 'true' && text !== 'false') report(`${name}: must be true or false`);
  return text === 'true';
}

/** No message repeats the URL or the key: both are secrets. */
export function readDatabase(
  databaseUrl: string | undefined,
  patientKey: string | undefined,
  report: Report,
): { readonly databaseUrl?: string; readonly patientKey?: string } {
  if (databaseUrl !== undefined && !(/^postgres(?:ql)?:\/\//.test(databaseUrl) && URL.canParse(databaseUrl)))
    report('DATABASE_URL: must be a URL such as postgres://user:password@host:5432/database');
  if (patientKey !== undefined && parseKey(patientKey) === undefined)
    report('PATIENT_KEY: must be 32 bytes, as 64 hexadecimal digits or as base64');
  if (databaseUrl !== undefined && patientKey === undefined)
    report('PATIENT_KEY: is needed with DATABASE_URL, the same for every replica: `openssl rand -hex 32` makes one');
  return { ...(databaseUrl !== undefined && { databaseUrl }), ...(patientKey !== undefined && { patientKey }) };
}

/** No message repeats the token. Visible ASCII, so that it fits a header as it is. */
export function readAdminToken(adminToken: string | undefined, report: Report): { readonly adminToken?: string } {
  if (adminToken === undefined) return {};
  if (adminToken.length < LEAST_TOKEN || !/^[!-~]+$/.test(adminToken))
    report(
      `ADMIN_TOKEN: must be at least ${LEAST_TOKEN} letters, digits and signs, without spaces: \`openssl rand -hex 32\` makes one`,
    );
  return { adminToken };
}

export function readCodeSystems(list = '', report: Report): string[] {
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

export function readTimeZone(timeZone = 'UTC', report: Report): string {
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

export function readLogLevel(text = 'info', report: Report): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) report(`LOG_LEVEL: must be one of ${LOG_LEVELS.join(', ')}`);
  return level ?? 'info';
}
