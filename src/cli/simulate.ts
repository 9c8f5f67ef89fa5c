import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config.ts';
import type { Progress } from '../simulate/crew.ts';
import { mergeResults } from '../simulate/merge.ts';
import { reportOf } from '../simulate/report.ts';
import { reportHtml } from '../simulate/report-html.ts';
import { reportMarkdown } from '../simulate/report-markdown.ts';
import type { Result } from '../simulate/result.ts';
import { readReview, reviewMarkdown } from '../simulate/review.ts';
import { type Share, WHOLE } from '../simulate/shares.ts';
import { simulate } from '../simulate/simulate.ts';
import { type Options, readOptions, textOf } from './arguments.ts';
import { UsageError } from './explain.ts';

export { SimulationProblem } from '../simulate/simulation-problem.ts';

/** What a simulation needs of the settings. */
type Settings = Pick<Config, 'cardsDir' | 'siteParameters' | 'codeSystemsOff' | 'threads'>;

/** Options of `simulate <folder>`: with a text, and without. */
export const TEXTS = ['out', 'workers', 'what-if', 'partition', 'seed', 'sample'] as const;
export const FLAGS = ['complete', 'keep-charts'] as const;
const OUT = 'simulation';
const SEED = '1';
const SAMPLE_SIZE = 50;
const MOST = { workers: 256, sample: 1000, shares: 10_000 };

/**
 * `simulate <folder>`, `simulate merge <folder>...` and `simulate review <sample.csv>...`.
 * @throws UsageError, SimulationProblem, KnowledgeProblems
 */
export async function runSimulate(
  args: readonly string[],
  config: Settings,
  print: (line: string) => void,
  progress: Progress,
): Promise<void> {
  const firstOption = args.findIndex((one) => one.startsWith('-'));
  const names = firstOption < 0 ? args : args.slice(0, firstOption);
  const rest = firstOption < 0 ? [] : args.slice(firstOption);
  const [first, ...others] = names;
  if (first === undefined) throw new UsageError('Name the folder with the FHIR data: rehab-first simulate <folder>');
  if (first === 'review') {
    readOptions(rest, []);
    if (others.length === 0) throw new UsageError('Name a file: rehab-first simulate review <sample.csv>...');
    print(reviewMarkdown(readReview(others.map(readText))).trimEnd());
    return;
  }
  if (first === 'merge') {
    const out = resolve(textOf(readOptions(rest, ['out']), 'out') ?? OUT);
    writeReports(await mergeResults(others, out), out, print);
    return;
  }
  if (others.length > 0) throw new UsageError(`One folder at a time: "${others[0]}" is one too many`);
  const options = readOptions(rest, TEXTS, FLAGS);
  const out = resolve(textOf(options, 'out') ?? OUT);
  const whatIf = textOf(options, 'what-if');
  const result = await simulate(
    {
      folder: resolve(first),
      out,
      share: shareOf(textOf(options, 'partition')),
      workers: numberOf(options, 'workers', config.threads, MOST.workers),
      knowledge: {
        dir: config.cardsDir,
        systemsOff: config.codeSystemsOff,
        ...(config.siteParameters !== undefined && { siteParameters: config.siteParameters }),
      },
      ...(whatIf !== undefined && { whatIf: resolve(whatIf) }),
      seed: textOf(options, 'seed') ?? SEED,
      sampleSize: numberOf(options, 'sample', SAMPLE_SIZE, MOST.sample),
      isAll: options.complete === true,
      keepWork: options['keep-charts'] === true,
    },
    progress,
  );
  writeReports(result, out, print);
}

function writeReports(result: Result, out: string, print: (line: string) => void): void {
  const report = reportOf(result);
  writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600 });
  writeFileSync(join(out, 'report.md'), reportMarkdown(report), { mode: 0o600 });
  writeFileSync(join(out, 'report.html'), reportHtml(report), { mode: 0o600 });
  const { cards, orders, patients } = report;
  print(
    `${cards.shown} cards for ${orders.total} orders of ${patients.read} patients (${cards.perThousandOrders} per 1,000 orders).`,
  );
  print(`The report is ${join(out, 'report.html')}, and the cards to review are ${join(out, 'sample.html')}`);
}

function shareOf(text: string | undefined): Share {
  if (text === undefined) return WHOLE;
  const [, k, n] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const share = { k: Number(k), n: Number(n) };
  if (!(share.k >= 1 && share.k <= share.n && share.n <= MOST.shares))
    throw new UsageError('--partition takes k/n, as 1/3, 2/3 and 3/3');
  return share;
}

function numberOf(options: Options, name: string, fallback: number, most: number): number {
  const text = textOf(options, name);
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) throw new UsageError(`--${name} must be a whole number from 1 to ${most}`);
  return value;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`${file} cannot be read.`);
  }
}

/** How often it is told how far it is: a bar that moves, or now and then a line in a log. */
const EVERY_MS = { terminal: 200, log: 60_000 };
const BAR = 24;

/** Progress as a bar in a terminal, or as a line a minute elsewhere: how far, how fast, and how long it will take. */
export function progressLine(clock: () => Date, write: (text: string) => void, isTerminal: boolean): Progress {
  let phase = '';
  let first = { at: 0, share: 0, amount: 0 };
  let toldAt = 0;
  let isOver = false;
  return (name, share, amount, unit) => {
    const at = clock().getTime();
    if (name !== phase) {
      [phase, first, isOver] = [name, { at, share, amount }, false];
      toldAt = isTerminal ? 0 : at;
    }
    const isLast = share >= 1 && !isOver;
    const isDue = at - toldAt >= (isTerminal ? EVERY_MS.terminal : EVERY_MS.log);
    if (isOver || !(isDue || (isLast && isTerminal))) return;
    toldAt = at;
    isOver = isLast;
    const seconds = (at - first.at) / 1000;
    const speed = seconds === 0 ? '' : `, ${amountOf((amount - first.amount) / seconds, unit)}/s`;
    const left = share > first.share && !isLast ? (seconds * (1 - share)) / (share - first.share) : 0;
    const told = `${amountOf(amount, unit)}${speed}${left === 0 ? '' : `, ${lengthOf(left)} left`}`;
    const percent = `${Math.floor(share * 100)} %`;
    const full = Math.round(share * BAR);
    const bar = `${name} ${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${percent.padStart(5)}  ${told}`;
    write(isTerminal ? `\r${bar.padEnd(88)}${isLast ? '\n' : ''}` : `${name}: ${percent}, ${told}\n`);
  };
}

const amountOf = (number: number, unit: 'bytes' | 'patients'): string =>
  unit === 'bytes' ? `${(number / 1e6).toFixed(1)} MB` : `${Math.round(number).toLocaleString('en')} ${unit}`;

function lengthOf(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
