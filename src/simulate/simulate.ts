import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { KnowledgeOptions } from '../knowledge/load.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { Crew, type Progress } from './crew.ts';
import { type InputFile, inputFiles, isPacked, piecesOf } from './input.ts';
import { packsOf, type Setup } from './job.ts';
import type { Judged } from './judge.ts';
import { partName } from './parts.ts';
import { type Read, readAll } from './read.ts';
import type { Pack } from './replay.ts';
import { type Identity, type Result, ResultWriter } from './result.ts';
import { unanswerable } from './search.ts';
import type { Share } from './shares.ts';
import { SimulationProblem } from './simulation-problem.ts';
import { CONDITION_DATES } from './sources.ts';
import { digestOf, readJson, writeWhole } from './whole-file.ts';

/** What is to be simulated, and how. */
export interface Simulation {
  readonly folder: string;
  /** Where everything is written. */
  readonly out: string;
  readonly share: Share;
  readonly workers: number;
  readonly knowledge: KnowledgeOptions;
  readonly whatIf?: string;
  readonly seed: string;
  readonly sampleSize: number;
  /** The folder holds all there is: types that do not occur are empty, not missing. */
  readonly isAll: boolean;
  /** Keep the working folder, which holds the charts by patient. */
  readonly keepWork: boolean;
  /** Bytes of charts in a part, about. */
  readonly partBytes?: number;
  /** Bytes of a file that are read at a time. */
  readonly pieceBytes?: number;
}

const PART_BYTES = 8_000_000;
const MOST_PARTS = 8192;
const PIECE_BYTES = 32_000_000;
/** What a packed file comes to, about. */
const PACKED = 10;
/** Types of orders, and what belongs to a patient wherever they are. */
const ALWAYS = ['Patient', 'ServiceRequest', 'MedicationRequest', 'Procedure', 'Medication'];

/**
 * Replays every order in a folder of FHIR data and writes a report. Charts are first put together by patient, in files of bounded size;
 * then each file is judged by itself. What was finished before an earlier run ended is not done again.
 *
 * @throws SimulationProblem, KnowledgeProblems
 */
export async function simulate(one: Simulation, progress: Progress): Promise<Result> {
  const files = filesIn(one);
  const packs = packsOf(one);
  const [{ knowledge }] = packs;
  const cannot = unanswerable(knowledge.slices.values());
  if (cannot.length > 0)
    throw new SimulationProblem(`These queries cannot be answered from files:\n${cannot.join('\n')}`);
  const work = join(one.out, 'work');
  const setup = setupOf(one, files, knowledge, join(work, 'charts'));
  // A thread that has nothing to judge would load the packs for nothing.
  const crew = new Crew(setup, Math.min(one.workers, setup.parts), packs);
  try {
    const pieces = piecesOf(files, one.pieceBytes ?? PIECE_BYTES);
    const read = await readAll(crew, pieces, setup, work, progress);
    const gaps = gapsOf(read, knowledge, one.isAll);
    const identity = identityOf(one, packs, gaps);
    const judgedDir = join(work, `judged-${digestOf(identity).slice(0, 16)}`);
    await judge(crew, setup, gaps, judgedDir, progress);
    const result = combine(one, identity, read, setup.parts, judgedDir);
    if (!one.keepWork) rmSync(work, { recursive: true });
    return result;
  } finally {
    await crew.close();
  }
}

/** What an earlier run has left in a folder below is not taken for data. */
function filesIn({ folder, out }: Simulation): InputFile[] {
  const outside = relative(folder, out);
  if (outside === '') throw new SimulationProblem('Write to another folder than that of the data: --out DIR.');
  let files: InputFile[];
  try {
    files = inputFiles(folder).filter(({ name }) => !name.startsWith(`${outside.replaceAll('\\', '/')}/`));
  } catch {
    throw new SimulationProblem(`${folder} is no folder that can be read.`);
  }
  if (files.length === 0) throw new SimulationProblem(`${folder} holds no .ndjson or .json file, packed or not.`);
  return files;
}

function setupOf(one: Simulation, files: readonly InputFile[], knowledge: Knowledge, dir: string): Setup {
  const bytes = files.reduce((sum, file) => sum + file.bytes * (isPacked(file) ? PACKED : 1), 0);
  const parts = Math.ceil(bytes / one.share.n / (one.partBytes ?? PART_BYTES));
  return {
    folder: resolve(one.folder),
    dir,
    share: one.share,
    parts: Math.min(MOST_PARTS, Math.max(1, parts)),
    types: [...new Set([...ALWAYS, ...[...knowledge.slices.values()].map(({ type }) => type)])].sort(),
    knowledge: one.knowledge,
    ...(one.whatIf !== undefined && { whatIf: one.whatIf }),
    seed: one.seed,
    sampleSize: one.sampleSize,
  };
}

/** Types that cannot be had: a file of theirs is cut short, or there is none. Whether a patient is there is seen patient by patient. */
function gapsOf({ seen, cut }: Read, knowledge: Knowledge, isAll: boolean): string[] {
  const types = new Set([...knowledge.slices.values()].map(({ type }) => type));
  types.delete('Patient');
  return [...types].filter((type) => cut.includes(type) || (!isAll && !seen.includes(type))).sort();
}

async function judge(
  crew: Crew,
  { parts }: Setup,
  gaps: readonly string[],
  dir: string,
  progress: Progress,
): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const all = Array.from({ length: parts }, (_, part) => part);
  const open = all.filter((part) => !existsSync(fileOf(dir, part)));
  let done = parts - open.length;
  let patients = 0;
  await crew.do(
    open.map((part) => ({ kind: 'judge' as const, part, gaps })),
    ({ part }, judged) => {
      writeWhole(fileOf(dir, part), JSON.stringify(judged));
      done += 1;
      patients += judged.patients;
      progress('judging', done / parts, patients, 'patients');
    },
  );
}

const fileOf = (dir: string, part: number): string => join(dir, `${partName(part)}.json`);

function combine({ out, share }: Simulation, identity: Identity, read: Read, parts: number, dir: string): Result {
  const writer = new ResultWriter(out, identity, share);
  writer.add({ counts: read.counts, problems: read.problems, sample: [] }, '', '');
  for (let part = 0; part < parts; part += 1) {
    const { counts, sample, firings, changes } = readJson(fileOf(dir, part)) as Judged;
    writer.add({ counts, sample, problems: [] }, firings, changes);
  }
  return writer.done();
}

function identityOf(
  { knowledge, seed, sampleSize, isAll }: Simulation,
  [{ knowledge: own, sources }, other]: readonly [Pack, ...Pack[]],
  gaps: readonly string[],
): Identity {
  return {
    revision: own.revision,
    ...(other && { whatIf: other.knowledge.revision }),
    systemsOff: knowledge.systemsOff ?? [],
    seed,
    sampleSize,
    isAll,
    gaps,
    titles: {
      classes: Object.fromEntries(own.cards.map(({ orderClass }) => [orderClass.name, orderClass.title])),
      cards: Object.fromEntries(own.cards.map(({ id, title }) => [id, title])),
      criteria: Object.fromEntries(
        [...own.services, ...own.cards].flatMap(({ silence }) => silence.map(({ name, title }) => [name, title])),
      ),
      data: {
        ...Object.fromEntries(sources.map(({ name, title }) => [name, title])),
        ...CONDITION_DATES,
        ...Object.fromEntries([...own.slices.values()].map(({ name, label }) => [name, label])),
      },
    },
  };
}
