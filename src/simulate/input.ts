import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A file to be read. */
export interface InputFile {
  /** Seen from the folder, with `/`. */
  readonly name: string;
  readonly bytes: number;
  readonly changed: number;
  /** A resource or Bundle a line, or one for the whole file. */
  readonly kind: 'lines' | 'whole';
}

const LINES = /\.(?:ndjson|jsonl)(?:\.gz)?$/i;
const WHOLE = /\.json(?:\.gz)?$/i;

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
