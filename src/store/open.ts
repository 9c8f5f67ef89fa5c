import { mkdirSync } from 'node:fs';
import { Unavailable } from '../errors.ts';
import { DatabaseStore } from './database-store.ts';
import { codeOf, type Engine } from './engine.ts';
import { keepKey, parseKey } from './patient-key.ts';
import { openSqlite } from './sqlite.ts';
import type { Store } from './store.ts';

/** Where the store is: a folder for the embedded database, or a PostgreSQL server. */
export type StorePlace = { readonly dataDir: string } | { readonly databaseUrl: string };

/** How the store is kept. */
export interface StoreOptions {
  readonly clock: () => Date;
  /** 32 bytes, as hexadecimal digits or base64. Needed with PostgreSQL; the embedded store makes one when absent. */
  readonly patientKey?: string;
  /** Whether comments of doctors, which may name patients, are kept. Default: no. */
  readonly keepComments?: boolean;
  /** Told in a sentence, without patient data, what goes wrong in the background and when it is over. */
  readonly report?: (sentence: string) => void;
}

/**
 * Opens the store and brings its tables up to date. A PostgreSQL server that is away does not keep the service from starting: the
 * store is unhealthy until it is back.
 *
 * @throws Unavailable when it cannot be opened and waiting will not help
 */
export async function openStore(place: StorePlace, options: StoreOptions): Promise<Store> {
  const { engine, patientKey } =
    'dataDir' in place ? embedded(place.dataDir, options) : await remote(place.databaseUrl, options);
  const { clock, keepComments = false, report = () => {} } = options;
  const store = new DatabaseStore(engine, { patientKey, keepComments, clock, report });
  try {
    await store.start();
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
  return store;
}

interface Opened {
  readonly engine: Engine;
  readonly patientKey: Buffer;
}

function embedded(dir: string, { patientKey }: StoreOptions): Opened {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return { patientKey: givenKey(patientKey) ?? keepKey(dir), engine: openSqlite(dir) };
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    throw unavailable(`DATA_DIR: the store in ${dir} cannot be opened: ${(error as Error).message}`, error);
  }
}

async function remote(url: string, { patientKey }: StoreOptions): Promise<Opened> {
  const key = givenKey(patientKey);
  if (key === undefined) {
    throw new Unavailable(
      'PATIENT_KEY: is needed with DATABASE_URL, the same for every replica: 32 bytes as hexadecimal digits or base64',
    );
  }
  const { openPostgres } = await import('./postgres.ts'); // the embedded store starts without its driver
  try {
    return { patientKey: key, engine: openPostgres(url) };
  } catch (error) {
    throw unavailable(
      `DATABASE_URL: must be a URL such as postgres://user:password@host:5432/database (${codeOf(error)})`,
    );
  }
}

function givenKey(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  const key = parseKey(text);
  if (key === undefined) throw new Unavailable('PATIENT_KEY: must be 32 bytes, as 64 hexadecimal digits or as base64');
  return key;
}

function unavailable(message: string, cause?: unknown): Unavailable {
  const error = new Unavailable(message);
  if (cause !== undefined) error.cause = cause;
  return error;
}
