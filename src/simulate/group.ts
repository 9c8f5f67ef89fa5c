import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawResource } from '../cds-hooks/types.ts';
import { text } from '../logic/json.ts';
import type { InputFile } from './input.ts';
import { CutShort, type FileLine, linesOf } from './lines.ts';
import { MOST_PROBLEMS, type Problem } from './problems.ts';
import { isResource, patientIn, patientOf, resourcesIn, typeIn } from './resources.ts';
import { isIn, numberOf, partOf, type Share } from './shares.ts';
import { type Counts, Tally } from './tally.ts';

/** How patients are spread over files, so that each is whole in one of them. */
export interface Grouping {
  readonly folder: string;
  /** Where the parts go. */
  readonly dir: string;
  readonly share: Share;
  readonly parts: number;
  /** Resource types that a replay may look at. */
  readonly types: ReadonlySet<string>;
}

/** What reading some files came to. */
export interface Grouped {
  readonly counts: Counts;
  readonly problems: readonly Problem[];
  /** Types of which there was something. */
  readonly seen: readonly string[];
  /** Types of which a file could not be read to its end. */
  readonly cut: readonly string[];
}

/** Stands for a line of a patient that could not be read. */
export const BROKEN = '!';
const BUFFER = 1 << 18;
const ALL_BUFFERS = 1 << 26;

/** Reads files once and writes what they hold of each patient to the patient's part. */
export class Grouper {
  readonly #to: Grouping;
  readonly #writer: string;
  readonly #tally = new Tally();
  readonly #problems: Problem[] = [];
  readonly #seen = new Set<string>();
  readonly #cut = new Set<string>();
  readonly #buffers = new Map<string, { size: number; lines: string[] }>();
  #buffered = 0;

  /** @param writer name of who writes: no two may write to the same files */
  constructor(to: Grouping, writer: string) {
    this.#to = to;
    this.#writer = writer;
    mkdirSync(to.dir, { recursive: true, mode: 0o700 });
  }

  async file(index: number, file: InputFile, onBytes: (bytes: number) => void): Promise<void> {
    const types = new Set<string>();
    const named = /(?:^|\/)([A-Z][A-Za-z]+)[^/]*$/.exec(file.name)?.[1];
    let last = 0;
    try {
      for await (const line of unitsOf(join(this.#to.folder, file.name), file.kind, onBytes)) {
        last = line.number;
        const isRead = this.#line(index, file.name, line, types);
        if (!isRead && line.isCut && file.kind === 'lines') throw new CutShort('it ends in the middle of a line');
      }
    } catch (error) {
      if (!(error instanceof CutShort)) throw error;
      this.#report({ file: file.name, line: last + 1, why: `the rest cannot be read: ${error.message}` });
      for (const type of [...types, ...(named === undefined ? [] : [named])]) this.#cut.add(type);
    }
  }

  done(): Grouped {
    for (const name of [...this.#buffers.keys()]) this.#flush(name);
    const problems = this.#problems.slice(0, MOST_PROBLEMS);
    return { counts: this.#tally.counts, problems, seen: [...this.#seen].sort(), cut: [...this.#cut].sort() };
  }

  /** False when the line is broken. */
  #line(index: number, file: string, line: FileLine, types: Set<string>): boolean {
    if (line.text.trim() === '') return true;
    const type = typeIn(line.text);
    if (type !== undefined && type !== 'Bundle') {
      types.add(type);
      if (!this.#to.types.has(type)) return true;
    }
    const resource = parse(line.text);
    if (resource === undefined) {
      this.#broken(index, file, line);
      return false;
    }
    if (resource.resourceType !== 'Bundle') this.#resource(index, line.number, 0, resource, line.text);
    else this.#bundle(index, line.number, resource);
    return true;
  }

  #bundle(index: number, line: number, bundle: RawResource): void {
    const resources = resourcesIn(bundle);
    const owner = resources.find(({ resourceType }) => resourceType === 'Patient')?.id;
    for (const [entry, resource] of resources.entries()) {
      if (!this.#to.types.has(resource.resourceType)) continue;
      if (resource.resourceType === 'Medication' && owner !== undefined)
        this.#put(owner, index, line, entry, 'Medication', JSON.stringify(resource));
      else this.#resource(index, line, entry, resource, JSON.stringify(resource));
    }
  }

  #resource(index: number, line: number, entry: number, resource: RawResource, json: string): void {
    const { resourceType: type } = resource;
    if (!this.#to.types.has(type)) return;
    this.#seen.add(type);
    if (type === 'Medication') {
      if (resource.id !== undefined)
        this.#append(bucketOf(resource.id), sequence(index, line, entry, type, resource.id, json));
      return;
    }
    const patient = patientOf(resource);
    if (patient === undefined) {
      if (this.#owns(`${index}:${line}`)) this.#tally.add(['nobody', type]);
      return;
    }
    this.#put(patient, index, line, entry, type, json);
    const medication = /(?:^|\/)Medication\/([A-Za-z0-9._-]{1,128})/.exec(
      text(resource, 'medicationReference.reference') ?? '',
    );
    if (medication?.[1] !== undefined && isIn(this.#to.share, numberOf(patient)))
      this.#append(bucketOf(medication[1]), `?\t${medication[1]}\t${patient}\n`);
  }

  #broken(index: number, file: string, { number, text: line }: FileLine): void {
    const patient = patientIn(line);
    if (patient !== undefined) this.#put(patient, index, number, 0, BROKEN, '');
    this.#report({ file, line: number, why: patient === undefined ? 'broken, of nobody knows whom' : 'broken' });
  }

  /** Every share reads every file; what belongs to no patient is told by one of them. */
  #report(problem: Problem): void {
    if (!this.#owns(`${problem.file}:${problem.line}`)) return;
    this.#tally.add(['problem', problem.why]);
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem);
  }

  #owns(place: string): boolean {
    return isIn(this.#to.share, numberOf(place));
  }

  #put(patient: string, index: number, line: number, entry: number, type: string, json: string): void {
    const number = numberOf(patient);
    if (!isIn(this.#to.share, number)) return;
    this.#append(
      partName(partOf(this.#to.share, this.#to.parts, number)),
      sequence(index, line, entry, type, patient, json),
    );
  }

  #append(name: string, line: string): void {
    const buffer = this.#buffers.get(name) ?? { size: 0, lines: [] };
    this.#buffers.set(name, buffer);
    buffer.lines.push(line);
    buffer.size += line.length;
    this.#buffered += line.length;
    if (buffer.size > BUFFER) this.#flush(name);
    if (this.#buffered > ALL_BUFFERS) for (const one of [...this.#buffers.keys()]) this.#flush(one);
  }

  #flush(name: string): void {
    const buffer = this.#buffers.get(name);
    if (buffer === undefined) return;
    appendFileSync(join(this.#to.dir, `${name}.${this.#writer}`), buffer.lines.join(''), { mode: 0o600 });
    this.#buffered -= buffer.size;
    this.#buffers.delete(name);
  }
}

const BUCKETS = 64;
export const BUCKET_NAMES: readonly string[] = Array.from({ length: BUCKETS }, (_, index) => `medications-${index}`);
const bucketOf = (id: string): string => BUCKET_NAMES[numberOf(id) % BUCKETS] as string;

/** Gives each patient of a bucket the Medications that their orders name, which a bulk export keeps apart. */
export function joinMedications({ dir, share, parts }: Grouping, bucket: string): void {
  const medications = new Map<string, readonly string[]>();
  const wanted = new Map<string, Set<string>>();
  for (const line of linesIn(dir, bucket)) {
    const cells = split(line, line.startsWith('?') ? 3 : 6);
    const [kind, id = '', patient = ''] = cells;
    if (kind !== '?') medications.set(cells[4] ?? '', cells);
    else wanted.set(id, (wanted.get(id) ?? new Set()).add(patient));
  }
  const out = new Map<string, string[]>();
  for (const [id, patients] of wanted) {
    const [file = '', line = '', entry = '', type = '', , json = ''] = medications.get(id) ?? [];
    if (json === '') continue;
    for (const patient of patients) {
      const name = partName(partOf(share, parts, numberOf(patient)));
      const lines = out.get(name) ?? [];
      lines.push([file, line, entry, type, patient, `${json}\n`].join('\t'));
      out.set(name, lines);
    }
  }
  for (const [name, lines] of out) appendFileSync(join(dir, `${name}.${bucket}`), lines.join(''), { mode: 0o600 });
}

/** One line of a part. */
export interface Stored {
  readonly type: string;
  readonly json: string;
}

/** The patients of a part, each with all that was read of them, in the order of the files. */
export function patientsIn(dir: string, part: number): Map<string, Stored[]> {
  const rows = linesIn(dir, partName(part)).map((line) => {
    const [file = '', number = '', entry = '', type = '', patient = '', json = ''] = split(line, 6);
    return { at: [Number(file), Number(number), Number(entry)] as const, type, patient, json };
  });
  rows.sort(({ at: a }, { at: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  const patients = new Map<string, Stored[]>();
  for (const { patient, type, json } of rows) {
    const stored = patients.get(patient);
    if (stored === undefined) patients.set(patient, [{ type, json }]);
    else stored.push({ type, json });
  }
  return patients;
}

export const partName = (part: number): string => `part-${String(part).padStart(4, '0')}`;

function linesIn(dir: string, name: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.startsWith(`${name}.`))
    .sort()
    .flatMap((file) => readFileSync(join(dir, file), 'utf8').split('\n'))
    .filter((line) => line !== '');
}

const sequence = (file: number, line: number, entry: number, type: string, id: string, json: string): string =>
  `${file}\t${line}\t${entry}\t${type}\t${id}\t${json}\n`;

/** At the first tabs; what follows them may hold more. */
function split(line: string, cells: number): string[] {
  const found: string[] = [];
  let from = 0;
  while (found.length < cells - 1) {
    const tab = line.indexOf('\t', from);
    if (tab < 0) break;
    found.push(line.slice(from, tab));
    from = tab + 1;
  }
  return [...found, line.slice(from)];
}

function parse(line: string): RawResource | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isResource(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function* unitsOf(
  path: string,
  kind: InputFile['kind'],
  onBytes: (bytes: number) => void,
): AsyncGenerator<FileLine> {
  if (kind === 'lines') {
    yield* linesOf(path, onBytes);
    return;
  }
  const lines: string[] = [];
  for await (const { text: line } of linesOf(path, onBytes)) lines.push(line);
  // Its lines are white space between tokens.
  yield { number: 1, text: lines.join(' '), isCut: true };
}
