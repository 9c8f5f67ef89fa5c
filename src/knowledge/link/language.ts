import type { KnowledgeFile } from '../files.ts';
import type { Place } from './tables.ts';

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

interface Translation {
  readonly text: string;
  readonly place: Place;
  isUsed: boolean;
}

type Report = (place: Place, message: string) => void;

/** The language cards are written in: it says everything as it is written. */
export const WRITTEN_IN = 'en';

/** What people read, in one language: as written, or by `text/<locale>.yaml`, which then must have every text. */
export class Language {
  readonly locale: string;
  /** Words that are looked up when they are said, by the word as written. */
  readonly words = new Map<string, string>();
  readonly #translations: Map<string, Translation> | undefined;
  readonly #report: Report;

  constructor(file: KnowledgeFile | undefined, report: Report) {
    this.locale = file === undefined ? WRITTEN_IN : localeOf(file);
    this.#report = report;
    this.#translations = file && this.#read(file);
  }

  /** The text in this language. Reports a missing translation, and one that holds other numbers, facts or sources. */
  say(text: string, place: Place): string {
    if (this.#translations === undefined || !/\p{L}/u.test(text.replaceAll(PLACEHOLDER, ''))) return text;
    const found = this.#translations.get(text);
    if (found === undefined) {
      this.#report(place, `no translation into ${this.locale} of: ${text}`);
      return text;
    }
    if (!found.isUsed && placeholders(text) !== placeholders(found.text))
      this.#report(found.place, `the placeholders are not those of: ${text}`);
    found.isUsed = true;
    return found.text;
  }

  /** A word that is looked up when it is said: what a reader gives, or the title of a concept or a value set. */
  word(word: string, place: Place): void {
    this.words.set(word, this.say(word, place));
  }

  /** A word that is looked up when it is said, and may stay as it is written. */
  name(word: string): void {
    const said = this.#find(word);
    if (said !== undefined) this.words.set(word, said);
  }

  /** What something is called in this language, which may be what it is called as written. */
  label(text: string): string {
    return this.#find(text) ?? text;
  }

  /** Reports translations of what no card says. */
  reportUnused(): void {
    for (const [text, { place, isUsed }] of this.#translations ?? [])
      if (!isUsed) this.#report(place, `translates what nothing says: ${text}`);
  }

  /** The translation of what need not have one. */
  #find(text: string): string | undefined {
    const found = this.#translations?.get(text);
    if (found !== undefined) found.isUsed = true;
    return found?.text;
  }

  #read(file: KnowledgeFile): Map<string, Translation> {
    const read = new Map<string, Translation>();
    for (const [index, entry] of (file.value as readonly Record<string, string>[]).entries()) {
      const place = { file, path: [index] };
      const { [WRITTEN_IN]: text = '', [this.locale]: translation } = entry;
      if (translation === undefined) this.#report(place, `has no "${this.locale}"`);
      else if (read.has(text)) this.#report(place, `is translated twice: ${text}`);
      else read.set(text, { text: translation, place, isUsed: false });
    }
    return read;
  }
}

/** The locale that a file of translations is named after. */
export const localeOf = ({ path }: KnowledgeFile): string =>
  path.slice(path.lastIndexOf('/') + 1).replace(/\.yaml$/, '');

/** What a text is filled in with, whatever words it chooses for one and for many. */
const placeholders = (text: string): string =>
  [...text.matchAll(PLACEHOLDER)]
    .map(([, content = '']) => content.replace(/\([^()]*\)\s*$/, '').trim())
    .sort()
    .join(' ');
