/** A line, or the rest of a file, that could not be read. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly why: string;
}

/** As many problems are named; the rest are counted. */
export const MOST_PROBLEMS = 10_000;

/** The first in the order of files and lines, however many there are. */
export const firstProblems = (problems: readonly Problem[]): Problem[] =>
  [...problems]
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
    .slice(0, MOST_PROBLEMS);
