import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = 'bin/rehab-first.js';
const MOST_OUTPUT = 64_000_000;

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line to its end. */
export function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  if (!existsSync(`${ROOT}/dist/main.js`))
    throw new Error('dist/ is missing: run these specs by `npm test`, which builds first');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, ...args],
      { cwd: ROOT, env: { ...process.env, ...env }, maxBuffer: MOST_OUTPUT },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

/** The service, started on a free port and ready. */
export interface Started {
  readonly url: string;
  /** Lines printed so far. */
  readonly lines: readonly string[];
  readonly signal: (name: NodeJS.Signals) => void;
  /** Sends SIGTERM and gives the exit code. */
  readonly stop: () => Promise<number | null>;
  /** Ends it without a warning, as a crash does. */
  readonly kill: () => Promise<void>;
}

/** @param cwd where it is installed, with `bin` in it */
export async function start(env: Record<string, string> = {}, cwd = ROOT, bin = BIN): Promise<Started> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rehab-first-data-'));
  const child: ChildProcess = spawn(process.execPath, [bin, 'serve'], {
    cwd,
    env: { ...process.env, PORT: '0', DATA_DIR: dataDir, ...env },
  });
  let printed = '';
  let complained = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complained += chunk.toString();
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const ready = /^rehab-first ready at (\S+)\n[\s\S]*?(?:Open mode|Only registered)/m.exec(printed)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    ended.then((code) => reject(new Error(`the service ended with ${code}: ${complained}`)));
  });
  return {
    url,
    get lines() {
      return printed.split('\n');
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    signal: (name) => void child.kill(name),
    stop: async () => {
      child.kill('SIGTERM');
      const code = await ended;
      rmSync(dataDir, { recursive: true, force: true });
      return code;
    },
  };
}

/** Runs a line as a shell would. */
export const shell = (line: string, cwd = ROOT): Promise<Ran> =>
  new Promise((resolve) => {
    execFile('bash', ['-c', line], { cwd, maxBuffer: MOST_OUTPUT }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
