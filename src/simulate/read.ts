import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Crew, Progress } from './crew.ts';
import type { Grouped } from './group.ts';
import type { Piece } from './input.ts';
import type { Setup, Task } from './job.ts';
import { BUCKET_NAMES } from './medications.ts';
import { firstProblems, type Problem } from './problems.ts';
import { type Counts, Tally } from './tally.ts';
import { digestOf, readJson, writeWhole } from './whole-file.ts';

/** Tasks of reading; pieces are spread over them. */
const MOST_READS = 256;

/** What reading came to, all in all. */
export interface Read {
  readonly counts: Counts;
  readonly problems: readonly Problem[];
  readonly seen: readonly string[];
  /** Types of which a file could not be read to its end. */
  readonly cut: readonly string[];
}

/** Puts charts together by patient, unless an earlier run has done so for the same files. */
export async function readAll(
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
