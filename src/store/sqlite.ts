import { chmodSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import Libsql from 'libsql';
import { codeOf, type Engine } from './engine.ts';
import { migrate } from './migrations.ts';
import type { Schema } from './schema.ts';
import { type Statement, WriterThread } from './writer-thread.ts';

const FILE = 'rehab-first.db';
const OWNER_ONLY = 0o600;
/** How long a lock of another process is waited for. */
const BUSY_MS = 2000;
const RETRY_MS = 5;
/** Writes after which the log is moved into the database file. */
const WRITES_PER_CHECKPOINT = 200;

/**
 * The embedded database: decisions by a connection of this thread (`synchronous=NORMAL`), feedback by one of a thread of its own
 * (`synchronous=FULL`). SQLite has one writer at a time; the two take turns here, so that neither meets the other's lock.
 */
export class SqliteEngine implements Engine {
  readonly name = 'SQLite';
  readonly isRemote = false;
  readonly #connection: Libsql.Database;
  readonly #db: Kysely<Schema>;
  readonly #thread: WriterThread;
  readonly #batch: Batch;
  /** By text, of which there are a few. */
  readonly #prepared = new Map<string, Libsql.Statement>();
  #turn: Promise<unknown> = Promise.resolve();
  #writes = 0;

  constructor(connection: Libsql.Database, file: string) {
    this.#connection = connection;
    this.#db = new Kysely<Schema>({ dialect: new LibsqlDialect(connection) });
    this.#thread = new WriterThread(file, BUSY_MS);
    this.#batch = new Batch((statements) => this.#inTurn(() => this.#thread.write(statements)));
  }

  migrate(): Promise<void> {
    return retry(() => migrate(this.#db));
  }

  read<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return retry(() => work(this.#db));
  }

  async write<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    const result = await this.#inTurn(() => retry(() => work(this.#db)));
    this.#writes += 1;
    if (this.#writes % WRITES_PER_CHECKPOINT === 0) {
      // in turn, because the log starts afresh only when all of it has been moved; a failure leaves it longer until the next
      void this.#inTurn(() => this.#thread.do('checkpoint')).catch(() => undefined);
    }
    return result;
  }

  /** It may read what a transaction of this process is about to remove: then an answer that is being erased is found no more. */
  finds(build: (db: Kysely<Schema>) => CompiledQuery): Promise<boolean> {
    const { sql, parameters } = build(this.#db);
    return retry(async () => this.#runPrepared(sql, (statement) => statement.get([...parameters])) !== undefined);
  }

  change(build: (db: Kysely<Schema>) => CompiledQuery): Promise<number> {
    const { sql, parameters } = build(this.#db);
    return this.write(async () => this.#changeAtOnce(sql, parameters));
  }

  writeDurably(build: (db: Kysely<Schema>) => readonly CompiledQuery[]): Promise<void> {
    return this.#batch.add(build(this.#db).map(({ sql, parameters }) => ({ sql, parameters })));
  }

  async scrub(): Promise<void> {
    await this.#inTurn(() => this.#thread.do('truncate'));
  }

  isAboutData(error: unknown): boolean {
    return /^SQLITE_(?:CONSTRAINT|TOOBIG|MISMATCH|RANGE)/.test(codeOf(error));
  }

  isMisconfigured(): boolean {
    return true; // a file that cannot be opened at start is nobody's passing trouble
  }

  async close(): Promise<void> {
    await this.#thread.close();
    await this.#db.destroy();
    if (this.#connection.open) this.#connection.close();
  }

  /**
   * In a transaction, since a statement that meets a lock outside of any stays under way, and keeps those after it from writing.
   */
  #changeAtOnce(sql: string, parameters: readonly unknown[]): number {
    this.#connection.exec('begin immediate');
    try {
      const { changes } = this.#runPrepared(sql, (statement) => statement.run([...parameters]));
      this.#connection.exec('commit');
      return changes;
    } catch (error) {
      if (this.#connection.inTransaction) this.#connection.exec('rollback');
      throw error;
    }
  }

  /** Runs a statement that is prepared once: preparing it, and what kysely does to run it, would take several times as long. */
  #runPrepared<T>(sql: string, run: (statement: Libsql.Statement) => T): T {
    const statement = this.#prepared.get(sql) ?? this.#connection.prepare(sql);
    try {
      const result = run(statement);
      this.#prepared.set(sql, statement);
      return result;
    } catch (error) {
      this.#prepared.delete(sql);
      throw error;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

/** Opens or makes `rehab-first.db` in a folder that exists. */
export function openSqlite(dir: string): SqliteEngine {
  const file = join(dir, FILE);
  closeSync(openSync(file, 'a', OWNER_ONLY)); // what SQLite makes beside it is for the same eyes
  chmodSync(file, OWNER_ONLY);
  const connection = new Libsql(file, { timeout: BUSY_MS });
  try {
    connection.exec('pragma journal_mode = wal');
    connection.exec('pragma synchronous = normal');
    connection.exec('pragma secure_delete = on');
    connection.exec('pragma wal_autocheckpoint = 0'); // checkpoints sync, so they are the other thread's
    connection.exec('pragma busy_timeout = 0'); // from here on waiting is up to `retry`: SQLite's own blocks the thread
    return new SqliteEngine(connection, file);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Calls that wait while a batch is being synced go together in the next. */
class Batch {
  readonly #write: (statements: readonly Statement[]) => Promise<void>;
  #waiting: Statement[] = [];
  #next: Promise<void> | undefined;
  #current: Promise<void> = Promise.resolve();

  constructor(write: (statements: readonly Statement[]) => Promise<void>) {
    this.#write = write;
  }

  add(statements: readonly Statement[]): Promise<void> {
    this.#waiting.push(...statements);
    this.#next ??= this.#current
      .catch(() => undefined)
      .then(() => {
        const batch = this.#waiting;
        this.#waiting = [];
        this.#current = this.#next ?? Promise.resolve();
        this.#next = undefined;
        return this.#write(batch);
      });
    return this.#next;
  }
}

/** Waits for a lock of another process without blocking the thread. */
async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    try {
      return await work();
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY') || waitedMs >= BUSY_MS) throw error;
      await sleep(RETRY_MS);
    }
  }
}

/** Kysely's dialect with transactions that take the write lock at once, and migrations in one such transaction. */
class LibsqlDialect extends SqliteDialect {
  readonly #connection: Libsql.Database;

  constructor(connection: Libsql.Database) {
    super({ database: connection });
    this.#connection = connection;
  }

  override createDriver(): Driver {
    return new LibsqlDriver(this.#connection);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class LibsqlDriver extends SqliteDriver {
  readonly #connection: Libsql.Database;

  constructor(connection: Libsql.Database) {
    super({ database: connection });
    this.#connection = connection;
  }

  override async beginTransaction(): Promise<void> {
    this.#connection.exec('begin immediate');
  }

  override async commitTransaction(): Promise<void> {
    this.#connection.exec('commit');
  }

  /** A full disk ends the transaction by itself. */
  override async rollbackTransaction(_connection: DatabaseConnection): Promise<void> {
    if (this.#connection.inTransaction) this.#connection.exec('rollback');
  }
}
