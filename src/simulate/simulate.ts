import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { KnowledgeOptions } from '../knowledge/load.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { Crew } from './crew.ts';
import type { Grouped } from './group.ts';
import { type InputFile, inputFiles, isPacked, type Piece, piecesOf } from './input.ts';
import { packsOf, type Setup, type Task } from './job.ts';
import type { Judged } from './judge.ts';
import { BUCKET_NAMES } from './medications.ts';
import { partName } from './parts.ts';
import { firstProblems, type Problem } from './problems.ts';
import { type Identity, type Result, ResultWriter } from './result.ts';
import { unanswerable } from './search.ts';
import type { Share } from './shares.ts';
import { SimulationProblem } from './simulation-problem.ts';
import { type Counts, Tally } from './tally.ts';

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

/** Told how far a phase is: how much of all is done, and how many bytes or patients that was. */
export type Progress = (phase: string, share: number, amount: number, unit: 'bytes' | 'patients') => void;

const PART_BYTES = 8_000_000;
const MOST_PARTS = 8192;
const PIECE_BYTES = 32_000_000;
/** What a packed file comes to, about. */
const PACKED = 10;
/** Tasks of reading; pieces are spread over them. */
const MOST_READS = 256;
/** Types of orders, and what belongs to a patient wherever they are. */
const ALWAYS = ['Patient', 'ServiceRequest', 'MedicationRequest', 'Procedure', 'Medication'];

/**
 * Replays every order in a folder of FHIR data and writes a report. Charts are first put together by patient, in files of bounded size;
 * then each file is judged by itself. What was finished before an earlier run ended is not done again.
 *
 * @throws SimulationProblem, KnowledgeProblems
 */
export async function simulate(one: Simulation, progress: Progress): Promise<Result> {
  const packs = packsOf(one);
  const [knowledge, other] = packs.map((pack) => pack.knowledge) as [Knowledge, Knowledge?];
  const cannot = unanswerable(knowledge.slices.values());
  if (cannot.length > 0)
    throw new SimulationProblem(`These queries cannot be answered from files:\n${cannot.join('\n')}`);
  const files = filesIn(one.folder);
  const work = join(one.out, 'work');
  const setup = setupOf(one, files, knowledge, join(work, 'charts'));
  const crew = new Crew(setup, one.workers, packs);
  try {
    const pieces = piecesOf(files, one.pieceBytes ?? PIECE_BYTES);
    const read = await group(crew, pieces, setup, work, progress);
    const gaps = gapsOf(read, knowledge, one.isAll);
    const identity = identityOf(one, knowledge, other, gaps);
    const judgedDir = join(work, `judged-${digestOf(identity).slice(0, 16)}`);
    await judge(crew, setup, gaps, judgedDir, progress);
    const result = combine(one, identity, read, setup.parts, judgedDir);
    if (!one.keepWork) rmSync(work, { recursive: true });
    return result;
  } finally {
    await crew.close();
  }
}

function filesIn(folder: string): InputFile[] {
  let files: InputFile[];
  try {
    files = inputFiles(folder);
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

/** What reading came to, all in all. */
interface Read {
  readonly counts: Counts;
  readonly problems: readonly Problem[];
  readonly seen: readonly string[];
  /** Types of which a file could not be read to its end. */
  readonly cut: readonly string[];
}

/** Puts charts together by patient, unless an earlier run has done so for the same files. */
async function group(
  crew: Crew,
  pieces: readonly Piece[],
  { folder, share, parts, types }: Setup,
  work: string,
  progress: Progress,
): Promise<Read> {
  const identity = digestOf([folder, pieces, share, parts, types]);
  const done = join(work, 'charts.json');
  const before = existsSync(done) ? (readJson(done) as { identity: string; read: Read }) : undefined;
  if (before?.identity === identity) return before.read;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true, mode: 0o700 });

  const results: Grouped[] = [];
  const total = [...new Set(pieces.map(({ file }) => file))].reduce((sum, { bytes }) => sum + bytes, 0);
  let bytesRead = 0;
  await crew.do(
    readTasks(pieces),
    (_, grouped) => void results.push(grouped),
    (bytes) => {
      bytesRead = Math.min(total, bytesRead + bytes);
      progress('reading', total === 0 ? 1 : bytesRead / total, bytesRead, 'bytes');
    },
  );
  await crew.do(
    BUCKET_NAMES.map((bucket) => ({ kind: 'join' as const, bucket })),
    () => {},
  );
  const read = addUp(results, pieces);
  writeWhole(done, JSON.stringify({ identity, read }));
  return read;
}

function readTasks(pieces: readonly Piece[]): (Task & { kind: 'read' })[] {
  const sizeOf = ({ file, from, to }: Piece) => Math.min(file.bytes, to) - from;
  const numbered = pieces.map((piece, number) => ({ number, piece })).sort((a, b) => sizeOf(b.piece) - sizeOf(a.piece));
  const tasks = Array.from({ length: Math.min(MOST_READS, pieces.length) }, () => ({
    kind: 'read' as const,
    pieces: [] as typeof numbered,
  }));
  for (const [place, one] of numbered.entries()) tasks[place % tasks.length]?.pieces.push(one);
  return tasks;
}

function addUp(results: readonly Grouped[], pieces: readonly Piece[]): Read {
  const tally = new Tally();
  for (const { counts } of results) tally.addAll(counts);
  const came = results.flatMap((one) => one.pieces).sort((a, b) => a.piece - b.piece);
  const nameOf = (piece: number) => pieces[piece]?.file.name ?? '';
  const linesBefore: number[] = [];
  for (const [piece, { lines }] of came.entries())
    linesBefore[piece + 1] = nameOf(piece) === nameOf(piece + 1) ? (linesBefore[piece] ?? 0) + lines : 0;
  const problems = results.flatMap((one) => one.problems);
  const cutFiles = new Set(came.filter(({ isCut }) => isCut).map(({ piece }) => nameOf(piece)));
  return {
    counts: tally.counts,
    problems: firstProblems(
      problems.map(({ piece, line, why }) => ({ file: nameOf(piece), line: line + (linesBefore[piece] ?? 0), why })),
    ),
    seen: distinct(results.flatMap(({ seen }) => seen)),
    cut: distinct([
      ...[...cutFiles].flatMap((name) => /(?:^|\/)([A-Z][A-Za-z]+)[^/]*$/.exec(name)?.[1] ?? []),
      ...came.filter(({ piece }) => cutFiles.has(nameOf(piece))).flatMap(({ types }) => types),
    ]),
  };
}

const distinct = (words: readonly string[]): string[] => [...new Set(words)].sort();

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
  { revision }: Knowledge,
  other: Knowledge | undefined,
  gaps: readonly string[],
): Identity {
  return {
    revision,
    ...(other && { whatIf: other.revision }),
    systemsOff: knowledge.systemsOff ?? [],
    seed,
    sampleSize,
    isAll,
    gaps,
  };
}

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** A file is there whole or not at all. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
