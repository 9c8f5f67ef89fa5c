import { type CompiledQuery, Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { codeOf, type Engine } from './engine.ts';
import { migrate } from './migrations.ts';
import type { Schema } from './schema.ts';

const POOL_SIZE = 10;
const CONNECT_MS = 2000;
const STATEMENT_MS = 5000;
const QUERY_MS = 6000;
const IDLE_MS = 30_000;

/** `bigint`, which `pg` would give as text. Times stay below 2^53. */
const INT8 = 20;

/** Serialization failure and deadlock: another replica was faster. https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html */
const LOST_A_RACE = /^40(?:001|P01)$/;
const MAX_ATTEMPTS = 5;

/** A database server, shared by any number of replicas. */
export class PostgresEngine implements Engine {
  readonly name = 'PostgreSQL';
  readonly isRemote = true;
  readonly #db: Kysely<Schema>;

  constructor(pool: PostgresPool) {
    this.#db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  }

  migrate(): Promise<void> {
    return migrate(this.#db);
  }

  read<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return work(this.#db);
  }

  async write<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(this.#db);
      } catch (error) {
        if (!LOST_A_RACE.test(codeOf(error)) || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  async finds(build: (db: Kysely<Schema>) => CompiledQuery): Promise<boolean> {
    const { rows } = await this.read((db) => db.executeQuery(build(db)));
    return rows.length > 0;
  }

  async change(build: (db: Kysely<Schema>) => CompiledQuery): Promise<number> {
    const { numAffectedRows = 0n } = await this.write((db) => db.executeQuery(build(db)));
    return Number(numAffectedRows);
  }

  async writeDurably(build: (db: Kysely<Schema>) => readonly CompiledQuery[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      for (const statement of build(transaction)) await transaction.executeQuery(statement);
    });
  }

  async scrub(): Promise<void> {} // vacuum does it in its own time

  isAboutData(error: unknown): boolean {
    return /^(?:22|23|42)\w{3}$/.test(codeOf(error));
  }

  isMisconfigured(error: unknown): boolean {
    return /^(?:28|3D|42)\w{3}$/.test(codeOf(error));
  }

  close(): Promise<void> {
    return this.#db.destroy();
  }
}

/** A pool of connections to the server; it connects when first used. @throws TypeError when it is not a URL */
export function openPostgres(databaseUrl: string): PostgresEngine {
  if (!/^postgres(?:ql)?:$/.test(new URL(databaseUrl).protocol)) throw new TypeError('not a postgres:// URL');
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'rehab-first',
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: QUERY_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    allowExitOnIdle: true,
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // A connection that ends is replaced, and a statement that fails speaks for itself; unheard, the event would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new PostgresEngine({ connect: async () => lend(await pool.connect()), end: () => pool.end() });
}

/** A connection that is not used again after it failed: a statement that timed out may still be running on it. */
function lend(client: pg.PoolClient): PostgresPoolClient {
  let failure: Error | undefined;
  const query = async (text: string, values: readonly unknown[]) => {
    try {
      return await client.query(text, [...values]);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) failure = error as Error;
      throw error;
    }
  };
  return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release(failure) };
}
