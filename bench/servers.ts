import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const METER = pathToFileURL(join(ROOT, 'bench/servers/meter.mjs')).href;
const READY = /ready at (\S+)$/m;
const POLL_MS = 5;

/** What a process has used up since it started. */
export interface Usage {
  /** Of all its threads. */
  readonly cpuMs: number;
  /** Time in which its event loop had work. */
  readonly loopMs: number;
  readonly rss: number;
  readonly heapUsed: number;
}

/** A server in a process of its own, on loopback. */
export interface Server {
  readonly url: string;
  /** From the start of the process until it said that it was ready. */
  readonly startedInMs: number;
  readonly usage: (after?: 'collect') => Promise<Usage>;
  /** Microseconds by place, `file function`, that its main thread spent while `work` was done. */
  readonly profile: (work: () => Promise<unknown>) => Promise<Readonly<Record<string, number>>>;
  readonly stop: () => Promise<void>;
}

/** Starts one of ours, with a data folder of its own. */
export async function startService(env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-'));
  const server = await startServer(['bin/rehab-first.js', 'serve'], { DATA_DIR: join(dir, 'data'), PORT: '0', ...env });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Starts a script that prints `ready at URL`. What it prints goes to a file, so that nobody has to read along. */
export async function startServer(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-log-'));
  const log = join(dir, 'log');
  const out = openSync(log, 'w');
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', METER, ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', out, 'inherit', 'ipc'],
  });
  closeSync(out);
  const url = await readyUrl(child, log);
  const ask = async (what: string): Promise<unknown> => {
    const told = once(child, 'message');
    child.send(what);
    return (await told)[0];
  };
  return {
    url,
    startedInMs: performance.now() - startedAt,
    usage: async (after) => (await ask(after ?? 'tell')) as Usage,
    profile: async (work) => {
      await ask('profile');
      await work();
      return (await ask('profiled')) as Record<string, number>;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function readyUrl(child: ChildProcess, log: string): Promise<string> {
  for (;;) {
    const url = READY.exec(readFileSync(log, 'utf8'))?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`a server ended with ${child.exitCode}: ${readFileSync(log, 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
