// JavaScript, and not TypeScript, because a worker thread is started from a file: this one runs alike from src/ and from dist/.
import { parentPort, workerData } from 'node:worker_threads';
import Libsql from 'libsql';

/**
 * The thread that writes to the SQLite file with `synchronous=FULL`, so that no fsync holds up the event loop.
 *
 * @typedef {{ sql: string, parameters: readonly unknown[] }} Statement
 * @typedef {{ id: number, kind: 'write', statements: readonly Statement[] } | { id: number, kind: 'checkpoint' | 'truncate' | 'close' }} Job
 * @typedef {{ id: number, error?: { message: string, code: string | undefined } }} Done
 */

const { file, busyMs } = /** @type {{ file: string, busyMs: number }} */ (workerData);
const db = new Libsql(file, { timeout: busyMs });
db.exec('pragma synchronous = full');
db.exec('pragma secure_delete = on');
db.exec('pragma journal_size_limit = 4194304');

/** @param {Job} job */
function run(job) {
  switch (job.kind) {
    case 'write':
      return write(job.statements);
    case 'checkpoint':
      return void db.pragma('wal_checkpoint(passive)');
    case 'truncate':
      return truncate();
    case 'close':
      db.close();
  }
}

/** One transaction, on the disk when this returns. @param {readonly Statement[]} statements */
function write(statements) {
  db.exec('begin immediate');
  try {
    for (const { sql, parameters } of statements) db.prepare(sql).run([...parameters]);
    db.exec('commit');
  } catch (error) {
    if (db.inTransaction) db.exec('rollback');
    throw error;
  }
}

/** Moves everything out of the write-ahead log and empties it. */
function truncate() {
  const [result] = /** @type {{ busy: number }[]} */ (db.pragma('wal_checkpoint(truncate)'));
  if (result?.busy !== 0) throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
}

parentPort?.on('message', (/** @type {Job} */ job) => {
  /** @type {Done} */
  let done = { id: job.id };
  try {
    run(job);
  } catch (error) {
    const { message, code } = /** @type {NodeJS.ErrnoException} */ (error);
    done = { id: job.id, error: { message, code } };
  }
  parentPort?.postMessage(done);
  if (job.kind === 'close') parentPort?.close();
});
