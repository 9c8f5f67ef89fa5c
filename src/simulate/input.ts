import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Stretch } from './lines.ts';

/** A file to be read. */
export interface InputFile {
  /** Seen from the folder, with `/`. */
  readonly name: string;
  readonly bytes: number;
  readonly changed: number;
  /** A resource or Bundle a line, or one for the whole file. */
  readonly kind: 'lines' | 'whole';
}

/** What is read at a time: a file, or a stretch of one whose lines can be told apart without those before them. */
export interface Piece extends Stretch {
  readonly file: InputFile;
}

const LINES = /\.(?:ndjson|jsonl)(?:\.gz)?$/i;
const WHOLE = /\.json(?:\.gz)?$/i;
const PACKED = /\.gz$/i;

export const isPacked = ({ name }: InputFile): boolean => PACKED.test(name);

/** The files of a folder and its subfolders that hold FHIR, by name; what begins with a dot or an underscore is left out. */
export function inputFiles(folder: string): InputFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && (LINES.test(entry.name) || WHOLE.test(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, name: relative(folder, path).replaceAll('\\', '/') }))
    .filter(({ name }) => !/(?:^|\/)[._]/.test(name))
    .map(({ path, name }) => {
      const { size, mtimeMs } = statSync(path);
      const kind = LINES.test(name) ? ('lines' as const) : ('whole' as const);
      return { name, bytes: size, changed: Math.round(mtimeMs), kind };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Files in pieces of at most so many bytes, in their order. A packed file, and one that holds a single resource, is one piece. */
export const piecesOf = (files: readonly InputFile[], most: number): Piece[] =>
  files.flatMap((file) => {
    if (file.kind === 'whole' || isPacked(file)) return [{ file, from: 0, to: Number.MAX_SAFE_INTEGER }];
    const count = Math.max(1, Math.ceil(file.bytes / most));
    return Array.from({ length: count }, (_, index) => ({
      file,
      from: index * most,
      to: index === count - 1 ? Number.MAX_SAFE_INTEGER : (index + 1) * most,
    }));
  });
