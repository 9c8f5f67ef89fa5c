import { closest, distance } from 'fastest-levenshtein';

/** One fault of a file, and where its author finds it. */
export interface Problem {
  readonly file: string;
  /** From 1; 0 when the fault is of the file as a whole. */
  readonly line: number;
  readonly column: number;
  /** RFC 6901, empty for the whole file. */
  readonly pointer: string;
  readonly message: string;
}

/** `file:line:column  /pointer  message` */
export const printProblem = ({ file, line, column, pointer, message }: Problem): string =>
  `${line === 0 ? file : `${file}:${line}:${column}`}  ${pointer || '/'}  ${message}`;

/** `; did you mean "x"?` when a known word is near enough, else nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const words = [...known];
  if (words.length === 0) return '';
  const nearest = closest(word, words);
  return distance(word, nearest) <= Math.max(2, Math.ceil(word.length / 3)) ? `; did you mean "${nearest}"?` : '';
}
