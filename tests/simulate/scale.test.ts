import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Truth, writeHistory } from '../../fixtures/history/history.ts';
import type { SimulationReport } from '../../src/simulate/report.ts';
import { filesOf } from '../support/files.ts';

/** How many patients the larger history has; the smaller has a tenth. `npm run test:scale` asks for 20,000, which two workers share. */
const { PATIENTS = '600' } = process.env;
const SIZES = [Number(PATIENTS) / 10, Number(PATIENTS)] as const;
const TIMEOUT = 3_600_000;
/** Megabytes of heap that each thread may fill before it must tidy up; with more it would tidy up later, and need no more. */
const HEAP = 128;
/** Memory of the larger history, of that of the smaller, at most. */
const MORE_MEMORY = 1.5;
const dir = mkdtempSync(join(tmpdir(), 'rehab-first-scale-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Measured {
  readonly patients: number;
  readonly workers: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

const TELL = `data:text/javascript,process.on('exit',()=>{const{maxRSS,userCPUTime,systemCPUTime}=process.resourceUsage();process.stderr.write('MEASURED '+JSON.stringify([maxRSS,userCPUTime+systemCPUTime])+'\\n')})`;

/** Runs the built command line and takes its time and memory. */
function measure(patients: number, workers: number): Promise<Measured> {
  const began = performance.now();
  const args = ['simulate', join(dir, `export-${patients}`), '--complete', '--workers', String(workers)];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [
        `--max-old-space-size=${HEAP}`,
        '--import',
        TELL,
        'bin/rehab-first.js',
        ...args,
        '--out',
        join(dir, `${patients}-${workers}`),
      ],
      (error, _, stderr) => {
        const told = /^MEASURED (.*)$/m.exec(stderr)?.[1];
        if (error !== null || told === undefined) return reject(error ?? new Error(stderr));
        const [kilobytes = 0, microseconds = 0] = JSON.parse(told) as number[];
        const seconds = (performance.now() - began) / 1000;
        resolve({ patients, workers, seconds, cpuSeconds: microseconds / 1e6, megabytes: kilobytes / 1024 });
      },
    );
  });
}

const cardsOf = ({ firings }: Truth) => firings.filter((firing) => firing.includes(' shown ')).length;

test(
  'ten times the patients take no more memory, and two workers come to the same',
  async () => {
    const measured: Measured[] = [];
    for (const patients of SIZES) {
      const truth = writeHistory(join(dir, `export-${patients}`), patients);
      for (const workers of [1, 2]) {
        measured.push(await measure(patients, workers));
        const out = join(dir, `${patients}-${workers}`);
        const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as SimulationReport;
        expect(report.cards.shown).toBe(cardsOf(truth));
      }
      expect(filesOf(join(dir, `${patients}-2`))).toEqual(filesOf(join(dir, `${patients}-1`)));
    }
    console.table(
      measured.map(({ patients, workers, seconds, cpuSeconds, megabytes }) => ({
        patients,
        workers,
        seconds: seconds.toFixed(1),
        'CPU seconds': cpuSeconds.toFixed(1),
        'patients a second': (patients / seconds).toFixed(0),
        'most memory, MB': megabytes.toFixed(0),
      })),
    );
    for (const workers of [1, 2]) {
      const [some, many] = measured.filter((one) => one.workers === workers);
      expect((many?.megabytes ?? 0) / (some?.megabytes ?? 1)).toBeLessThan(MORE_MEMORY);
    }
  },
  TIMEOUT,
);
