import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ENGINES, KEY } from './engines.ts';

const CHILD = fileURLToPath(new URL('crash-child.js', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/store/open.js', import.meta.url));
/** Largest file, in kB, that the process may write: the tables fit, and not much more. */
const LIMIT_KB = 600;

/** Linux lets one process lift another's limit; elsewhere nothing is as like a disk that is full and then is not. */
test.runIf(process.platform === 'linux')(
  'a disk that takes no more is an error, not the end, and is used again when it does',
  async () => {
    const [, sqlite] = ENGINES[0] as (typeof ENGINES)[0];
    const database = await sqlite.create();
    const args = [CHILD, BUILT, JSON.stringify(database.place), '0', KEY, 'disk'];
    const child = spawn('bash', ['-c', `ulimit -S -f ${LIMIT_KB}; exec "$0" "$@"`, process.execPath, ...args]);
    const closed = once(child, 'close');
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
    while (!printed.includes('\nfailed ') && child.exitCode === null) await sleep(20);
    expect(printed).toMatch(
      /^failed Unavailable false The database \(SQLite\) does not work at the moment: SQLITE_(?:FULL|IOERR)/m,
    );
    await sleep(500);
    expect(printed).not.toContain('recovered');
    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
    expect((await closed)[0]).toBe(0);
    expect(printed).toMatch(/^recovered$/m);

    const decided = [...printed.matchAll(/^d (\S+)/gm)].map(([, id]) => id);
    const decisions = new Set((await database.query('select hook_instance as id from decision')).map(({ id }) => id));
    expect(decided.length).toBeGreaterThan(2);
    expect(decided.filter((id) => !decisions.has(id))).toEqual([]);
    expect(await database.query('select card from feedback')).toHaveLength(2);
    expect(await database.query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    await database.remove();
  },
);
