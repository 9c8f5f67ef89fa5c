/** A line, or the rest of a file, that could not be read. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly why: string;
}

/** The same as it was found: in a piece of a file, whose first line is 1. */
export interface Found {
  readonly piece: number;
  readonly line: number;
  readonly why: string;
}

/** Why a line was skipped that may be of any patient. */
export const OF_NOBODY = 'broken, of nobody knows whom';

/** As many problems are named; the rest are counted. */
const MOST_PROBLEMS = 10_000;

/** The first in the order of files and lines, however many there are. */
export const firstProblems = (problems: readonly Problem[]): Problem[] =>
  [...problems]
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
    .slice(0, MOST_PROBLEMS);

/** The first in the order of pieces and lines, as soon as there are more than need to be kept. */
export const firstFound = (found: Found[]): Found[] =>
  found.length < 2 * MOST_PROBLEMS
    ? found
    : found.sort((a, b) => a.piece - b.piece || a.line - b.line).slice(0, MOST_PROBLEMS);
