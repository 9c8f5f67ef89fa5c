import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isIn, numberOf, partOf, type Share } from './shares.ts';

/** How patients are spread over files, so that each is whole in one of them. */
export interface Parts {
  /** Where the parts go. */
  readonly dir: string;
  readonly share: Share;
  readonly parts: number;
}

/** Where a resource stood: the number of its piece, the line in it, and the entry of a Bundle. */
export type Place = readonly [piece: number, line: number, entry: number];

/** One resource of a patient, as it was read. */
export interface Stored {
  readonly type: string;
  readonly json: string;
}

const BUFFER = 1 << 18;
const ALL_BUFFERS = 1 << 26;

/** Collects lines for many files and writes them some at a time. No two writers of one name may be at work. */
export class PartWriter {
  readonly #to: Parts;
  readonly #writer: string;
  readonly #buffers = new Map<string, { size: number; lines: string[] }>();
  #buffered = 0;

  constructor(to: Parts, writer: string) {
    this.#to = to;
    this.#writer = writer;
    mkdirSync(to.dir, { recursive: true, mode: 0o700 });
  }

  /** Writes a resource to its patient's part, if that is of this share. */
  put(patient: string, place: Place, { type, json }: Stored): void {
    const { share, parts } = this.#to;
    const number = numberOf(patient);
    if (isIn(share, number)) this.append(partName(partOf(share, parts, number)), rowOf(place, type, patient, json));
  }

  append(name: string, line: string): void {
    const buffer = this.#buffers.get(name) ?? { size: 0, lines: [] };
    this.#buffers.set(name, buffer);
    buffer.lines.push(line);
    buffer.size += line.length;
    this.#buffered += line.length;
    if (buffer.size > BUFFER) this.#flush(name);
    if (this.#buffered > ALL_BUFFERS) this.close();
  }

  close(): void {
    for (const name of [...this.#buffers.keys()]) this.#flush(name);
  }

  #flush(name: string): void {
    const buffer = this.#buffers.get(name);
    if (buffer === undefined) return;
    appendFileSync(join(this.#to.dir, `${name}.${this.#writer}`), buffer.lines.join(''), { mode: 0o600 });
    this.#buffered -= buffer.size;
    this.#buffers.delete(name);
  }
}

/** The patients of a part, each with all that was read of them, in the order of the files. */
export function patientsIn(dir: string, part: number): Map<string, Stored[]> {
  const rows = linesIn(dir, partName(part)).map(readRow);
  rows.sort(({ place: a }, { place: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  const patients = new Map<string, Stored[]>();
  for (const { id, type, json } of rows) {
    const stored = patients.get(id);
    if (stored === undefined) patients.set(id, [{ type, json }]);
    else stored.push({ type, json });
  }
  return patients;
}

export const partName = (part: number): string => `part-${String(part).padStart(4, '0')}`;

/** What all writers have written under a name. */
export function linesIn(dir: string, name: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.startsWith(`${name}.`))
    .sort()
    .flatMap((file) => readFileSync(join(dir, file), 'utf8').split('\n'))
    .filter((line) => line !== '');
}

/** A resource as a line. */
export const rowOf = ([piece, line, entry]: Place, type: string, id: string, json: string): string =>
  `${piece}\t${line}\t${entry}\t${type}\t${id}\t${json}\n`;

export interface Row extends Stored {
  readonly place: Place;
  readonly id: string;
}

export function readRow(line: string): Row {
  const [piece, number, entry, type = '', id = '', json = ''] = cellsOf(line, 6);
  return { place: [Number(piece), Number(number), Number(entry)], type, id, json };
}

/** Up to so many cells between tabs; the last may hold more tabs. */
export function cellsOf(line: string, count: number): string[] {
  const found: string[] = [];
  let from = 0;
  while (found.length < count - 1) {
    const tab = line.indexOf('\t', from);
    if (tab < 0) break;
    found.push(line.slice(from, tab));
    from = tab + 1;
  }
  return [...found, line.slice(from)];
}
