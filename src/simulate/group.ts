import { join } from 'node:path';
import type { RawResource } from '../cds-hooks/types.ts';
import type { Piece } from './input.ts';
import { CutShort, type FileLine, linesOf } from './lines.ts';
import { keepMedication, wantMedication } from './medications.ts';
import { type Parts, PartWriter, type Place } from './parts.ts';
import { type Found, firstFound, OF_NOBODY } from './problems.ts';
import { idOf, isResource, patientOf, patientsNamedIn, resourcesIn, typeIn } from './resources.ts';
import { isIn, numberOf } from './shares.ts';
import { type Counts, Tally } from './tally.ts';

/** What is read, and where it goes. */
export interface Grouping extends Parts {
  readonly folder: string;
  /** Resource types that a replay may look at. */
  readonly types: ReadonlySet<string>;
}

/** What reading some pieces came to. */
export interface Grouped {
  readonly counts: Counts;
  readonly problems: readonly Found[];
  /** Types of which there was something to keep. */
  readonly seen: readonly string[];
  readonly pieces: readonly {
    readonly piece: number;
    readonly lines: number;
    /** Types that occur. */
    readonly types: readonly string[];
    /** Whether it could not be read to its end. */
    readonly isCut: boolean;
  }[];
}

/** Stands for a line of a patient that could not be read. */
export const BROKEN = '!';

/** Reads pieces of files once and writes what they hold of each patient to the patient's part. */
export class Grouper {
  readonly #to: Grouping;
  readonly #writer: PartWriter;
  readonly #tally = new Tally();
  readonly #seen = new Set<string>();
  readonly #pieces: Grouped['pieces'][number][] = [];
  #problems: Found[] = [];

  /** @param writer name of who writes: no two may write to the same files */
  constructor(to: Grouping, writer: string) {
    this.#to = to;
    this.#writer = new PartWriter(to, writer);
  }

  /** @param piece its number among all, in the order of the files */
  async read(piece: number, { file, from, to }: Piece, onBytes: (bytes: number) => void): Promise<void> {
    const types = new Set<string>();
    let lines = 0;
    let isCut = false;
    const units = linesOf(join(this.#to.folder, file.name), { from, to }, onBytes);
    try {
      for await (const some of file.kind === 'lines' ? units : whole(units)) {
        for (const line of some) {
          lines += 1;
          const isRead = this.#line(piece, lines, line.text, types);
          if (!isRead && line.isCut && file.kind === 'lines') throw new CutShort('it ends in the middle of a line');
        }
      }
    } catch (error) {
      if (!(error instanceof CutShort)) throw error;
      isCut = true;
      this.#report({ piece, line: lines + 1, why: `the rest cannot be read: ${error.message}` });
    }
    this.#pieces.push({ piece, lines, types: [...types].sort(), isCut });
  }

  done(): Grouped {
    this.#writer.close();
    return {
      counts: this.#tally.counts,
      problems: firstFound(this.#problems),
      seen: [...this.#seen].sort(),
      pieces: this.#pieces,
    };
  }

  /** False when the line is broken. */
  #line(piece: number, number: number, line: string, types: Set<string>): boolean {
    if (line.trim() === '') return true;
    const type = typeIn(line);
    if (type !== undefined && type !== 'Bundle') {
      types.add(type);
      if (!this.#to.types.has(type)) return true;
    }
    const resource = parse(line);
    if (resource === undefined) {
      this.#broken(piece, number, line);
      return false;
    }
    if (resource.resourceType !== 'Bundle') this.#resource([piece, number, 0], resource, line);
    else this.#bundle(piece, number, resource);
    return true;
  }

  #bundle(piece: number, line: number, bundle: RawResource): void {
    const resources = resourcesIn(bundle);
    const owner = idOf(resources.find(({ resourceType }) => resourceType === 'Patient'));
    for (const [entry, resource] of resources.entries()) {
      if (!this.#to.types.has(resource.resourceType)) continue;
      const [place, json] = [[piece, line, entry] as const, JSON.stringify(resource)];
      if (resource.resourceType === 'Medication' && owner !== undefined)
        this.#writer.put(owner, place, { type: 'Medication', json });
      else this.#resource(place, resource, json);
    }
  }

  #resource(place: Place, resource: RawResource, json: string): void {
    const { resourceType: type } = resource;
    if (!this.#to.types.has(type)) return;
    this.#seen.add(type);
    if (type === 'Medication') {
      const id = idOf(resource);
      if (id !== undefined) keepMedication(this.#writer, id, place, json);
      return;
    }
    const patient = patientOf(resource);
    if (patient === undefined) {
      if (this.#owns(place[0], place[1])) this.#tally.add(['nobody', type]);
      return;
    }
    this.#writer.put(patient, place, { type, json });
    if (isIn(this.#to.share, numberOf(patient))) wantMedication(this.#writer, resource, patient);
  }

  #broken(piece: number, number: number, line: string): void {
    const patients = patientsNamedIn(line);
    for (const patient of patients) this.#writer.put(patient, [piece, number, 0], { type: BROKEN, json: '' });
    this.#report({ piece, line: number, why: patients.length === 0 ? OF_NOBODY : 'broken' });
  }

  #report(problem: Found): void {
    if (!this.#owns(problem.piece, problem.line)) return;
    this.#tally.add(['problem', problem.why]);
    this.#problems.push(problem);
    this.#problems = firstFound(this.#problems);
  }

  /** Every share reads every file; what belongs to no patient is told by one of them. */
  #owns(piece: number, line: number): boolean {
    return isIn(this.#to.share, numberOf(`${piece}:${line}`));
  }
}

/** All of a file as one line: its line ends are white space between tokens. */
async function* whole(units: AsyncGenerator<readonly FileLine[]>): AsyncGenerator<readonly FileLine[]> {
  const lines: string[] = [];
  for await (const some of units) for (const { text } of some) lines.push(text);
  yield [{ text: lines.join(' '), isCut: true }];
}

function parse(line: string): RawResource | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isResource(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
