import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import pg from 'pg';
import { openStore, type StoreOptions, type StorePlace } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { type Server, startPostgres } from './postgres-server.ts';

export const KEY = '0123456789abcdef'.repeat(4);
export const NOW = new Date('2026-03-01T12:00:00Z');

/** An empty database of one engine, looked at past the store. */
export interface TestDatabase {
  readonly place: StorePlace;
  readonly open: (options?: Partial<StoreOptions>) => Promise<Store>;
  readonly query: (statement: string) => Promise<Record<string, unknown>[]>;
  /** From here on every write fails, until the returned function is called. */
  readonly breakDown: () => Promise<() => Promise<void>>;
  readonly remove: () => Promise<void>;
}

/** What the suites over both engines are given. */
export interface TestEngine {
  readonly start: () => Promise<void>;
  readonly create: () => Promise<TestDatabase>;
  readonly stop: () => Promise<void>;
}

const opener = (place: StorePlace) => {
  const opened: Store[] = [];
  const open = async (options: Partial<StoreOptions> = {}) => {
    const store = await openStore(place, { clock: () => NOW, patientKey: KEY, ...options });
    opened.push(store);
    return store;
  };
  return { open, closeAll: () => Promise.allSettled(opened.map((store) => store.close())) };
};

const sqlite: TestEngine = {
  start: async () => {},
  stop: async () => {},
  create: async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'rehab-first-store-'));
    const { open, closeAll } = opener({ dataDir });
    const file = join(dataDir, 'rehab-first.db');
    return {
      place: { dataDir },
      open,
      query: async (statement) => {
        const db = new Libsql(file, { timeout: 5000 });
        try {
          return db.prepare(statement).all() as Record<string, unknown>[];
        } finally {
          db.close();
        }
      },
      breakDown: async () => {
        const other = new Libsql(file, { timeout: 5000 });
        other.exec('begin exclusive');
        return async () => {
          other.exec('rollback');
          other.close();
        };
      },
      remove: async () => {
        await closeAll();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  },
};

function postgres(): TestEngine {
  let server: Server | undefined;
  return {
    start: async () => {
      server = await startPostgres();
    },
    stop: async () => server?.stop(),
    create: async () => {
      const url = new URL((await server?.createDatabase()) ?? '');
      const line = await openLine(url);
      const databaseUrl = Object.assign(new URL(url), { host: `127.0.0.1:${line.port}` }).href;
      const { open, closeAll } = opener({ databaseUrl });
      return {
        place: { databaseUrl },
        open,
        query: async (statement) => {
          const client = new pg.Client(url.href);
          await client.connect();
          try {
            return (await client.query(statement)).rows;
          } finally {
            await client.end();
          }
        },
        breakDown: line.cut,
        remove: async () => {
          await closeAll();
          await line.close();
        },
      };
    },
  };
}

export const ENGINES: readonly (readonly [name: string, engine: TestEngine])[] = [
  ['SQLite', sqlite],
  ['PostgreSQL', postgres()],
];

/** The way to a server, which can be cut and joined again: for the store, a server that stops and starts. */
async function openLine({ hostname, port }: URL) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port || 5432), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  const cut = async () => {
    await close();
    return () => listen(own);
  };
  return { port: own, cut, close };
}
