import type { FileKind, KnowledgeFile } from '../files.ts';
import { didYouMean, type Problem } from '../problem.ts';
import { Language } from './language.ts';

/** Where something is written: a file and the path of keys in it. */
export interface Place {
  readonly file: KnowledgeFile;
  readonly path: readonly (string | number)[];
}

/** Something that has a name, as written, and where. */
export interface Named extends Place {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export const inside = ({ file, path }: Place, ...more: readonly (string | number)[]): Place => ({
  file,
  path: [...path, ...more],
});

/** Everything named in a knowledge folder, and the problems found while putting it together. */
export class Tables {
  readonly parameters: ReadonlyMap<string, Named>;
  readonly sources: ReadonlyMap<string, Named>;
  readonly concepts: ReadonlyMap<string, Named>;
  readonly valueSets: ReadonlyMap<string, Named>;
  readonly orderClasses: ReadonlyMap<string, Named>;
  readonly ladder: ReadonlyMap<string, Named>;
  readonly slices: ReadonlyMap<string, Named>;
  readonly facts: ReadonlyMap<string, Named>;
  readonly criteria: ReadonlyMap<string, Named>;
  readonly suggestions: ReadonlyMap<string, Named>;
  readonly lines: ReadonlyMap<string, Place & { readonly value: unknown }>;
  readonly language: Language;
  readonly #problems = new Map<string, Problem>();

  /** @param translations a file of `text/`, for everything doctors read; without one it is read as written. */
  constructor(files: readonly KnowledgeFile[], translations?: KnowledgeFile) {
    this.language = new Language(translations, (place, message) => this.report(place, message));
    const named = (kind: FileKind) => this.#named(files.filter((file) => file.kind === kind));
    this.parameters = named('parameters');
    this.sources = named('sources');
    this.concepts = named('concepts');
    this.orderClasses = named('order-classes');
    this.ladder = named('ladder');
    this.slices = named('slices');
    this.facts = named('facts');
    this.criteria = named('criteria');
    this.suggestions = named('suggestions');
    this.valueSets = this.#valueSets(files.filter(({ kind }) => kind === 'value-set'));
    const wording = files.find(({ kind }) => kind === 'wording');
    const lines = Object.entries((wording?.value as { lines?: object } | undefined)?.lines ?? {});
    this.lines = new Map(
      wording === undefined
        ? []
        : lines.map(([name, value]) => [name, { file: wording, path: ['lines', name], value }]),
    );
  }

  get problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  /** Notes a problem; the same one at the same place counts once, however many cards lead to it. */
  report({ file, path }: Place, message: string): void {
    const problem = file.problem(path, message);
    this.#problems.set(`${problem.file} ${problem.pointer} ${message}`, problem);
  }

  /** The thing of that name, or a problem with the nearest right word. */
  find<T>(table: ReadonlyMap<string, T>, name: string, what: string, place: Place): T | undefined {
    const found = table.get(name);
    if (found === undefined) this.report(place, `unknown ${what} "${name}"${didYouMean(name, table.keys())}`);
    return found;
  }

  #named(files: readonly KnowledgeFile[]): Map<string, Named> {
    const table = new Map<string, Named>();
    for (const file of files) {
      for (const [name, value] of Object.entries(file.value as Record<string, Named['value']>)) {
        const other = table.get(name);
        if (other !== undefined)
          this.report({ file, path: [name] }, `"${name}" is already defined in ${other.file.path}`);
        table.set(name, { file, path: [name], name, value });
      }
    }
    return table;
  }

  #valueSets(files: readonly KnowledgeFile[]): Map<string, Named> {
    const table = new Map<string, Named>();
    for (const file of files) {
      const value = file.value as Named['value'];
      const name = String(value.id);
      if (table.has(name)) this.report({ file, path: ['id'] }, `value set "${name}" is already defined`);
      table.set(name, { file, path: [], name, value });
    }
    return table;
  }
}
