import type { Truth } from '../logic/truth.ts';
import { says } from './language.ts';
import type { Words } from './words.ts';

/** One value set, compiled: codes listed one by one, and stems. Keys are `system|code`. */
export interface ValueSet {
  readonly name: string;
  readonly title: string;
  /** Key to whether a public source confirms it, and our own short display. */
  readonly codes: ReadonlyMap<string, { readonly verified: boolean; readonly display: string }>;
  readonly stems: readonly { readonly system: string; readonly pattern: RegExp; readonly verified: boolean }[];
}

/** Something cards can speak of: codes and words that mean it. */
export interface Concept {
  readonly name: string;
  readonly title: string;
  readonly valueSets: readonly ValueSet[];
  /** Flags `giu`; undefined when it has no words. */
  readonly pattern: RegExp | undefined;
  /** Whether words count beside a code that means something else. Red flags, regions and sides: always. */
  readonly wordsAlwaysCount: boolean;
  /** Red flags: unverified codes, suspicions and unconfirmed diagnoses count as if certain, because silence is the safe side. */
  readonly countsInDoubt: boolean;
  /** The region of the body it points to, where it points to one. */
  readonly region?: string;
  /** Only codes of the concept point to its region, not its words: "epidural" alone does not say at which level. */
  readonly regionByCodeOnly: boolean;
  /** The sides of the body it means. */
  readonly sides?: readonly Side[];
}

export type Side = 'left' | 'right';

/** Concepts that something bears: `holds`, or `unknown` where only an unverified code says so. Not listed: it does not bear it. */
export type Marks = ReadonlyMap<string, Truth>;

interface CodeMark {
  readonly concept: Concept;
  readonly verified: boolean;
}

const NO_MARKS: Marks = new Map();
/** Bounds the memory of code look-ups; what is cached is a pure function of the loaded pack. */
const MOST_CACHED_CODES = 50_000;

/** Every concept of a pack, ready for look-up. Pure: same words, same marks. */
export class Terminology {
  readonly concepts: ReadonlyMap<string, Concept>;
  readonly #byCode = new Map<string, CodeMark[]>();
  readonly #stems: { system: string; pattern: RegExp; mark: CodeMark }[] = [];
  readonly #worded: readonly (Concept & { pattern: RegExp })[];
  readonly #displays = new Map<string, string>();
  /** Facts ask about the same entry many times within one call. */
  readonly #remembered = new WeakMap<Words, Marks>();

  constructor(concepts: readonly Concept[]) {
    this.concepts = new Map(concepts.map((concept) => [concept.name, concept]));
    this.#worded = concepts.filter(
      (concept): concept is Concept & { pattern: RegExp } => concept.pattern !== undefined,
    );
    for (const concept of concepts) {
      for (const set of concept.valueSets) {
        for (const [key, { verified, display }] of set.codes) {
          this.#displays.set(key, display);
          const marks = this.#byCode.get(key) ?? [];
          this.#byCode.set(key, [...marks, { concept, verified }]);
        }
        for (const { system, pattern, verified } of set.stems) {
          this.#stems.push({ system, pattern, mark: { concept, verified } });
        }
      }
    }
    for (const [key, marks] of this.#byCode) this.#byCode.set(key, [...marks, ...this.#byStem(key)]);
  }

  /** Our own short wording of a code, where a value set of the pack has one. */
  display = (key: string): string | undefined => this.#displays.get(key);

  /** What these words mean. Text decides only where no code does, but for concepts whose words always count. */
  marks(words: Words): Marks {
    let marks = this.#remembered.get(words);
    if (marks === undefined) {
      marks = this.#judge(words);
      this.#remembered.set(words, marks);
    }
    return marks;
  }

  #judge(words: Words): Marks {
    const marks = new Map<string, Truth>();
    const unverified = new Set<string>();
    let coded = false;
    for (const key of words.codes) {
      for (const { concept, verified } of this.#marksOfCode(key)) {
        if (!concept.wordsAlwaysCount) coded = true;
        if (verified || concept.countsInDoubt) marks.set(concept.name, 'holds');
        else unverified.add(concept.name);
      }
    }
    for (const concept of this.#worded) {
      if (marks.get(concept.name) === 'holds') continue;
      if (coded && !concept.wordsAlwaysCount && !unverified.has(concept.name)) continue;
      if (words.texts.some((text) => says(text, concept.pattern, concept.countsInDoubt)))
        marks.set(concept.name, 'holds');
    }
    for (const name of unverified) if (!marks.has(name)) marks.set(name, 'unknown');
    return marks.size === 0 ? NO_MARKS : marks;
  }

  /** Whether these words bear the concept. */
  bears(words: Words, name: string): Truth {
    return this.marks(words).get(name) ?? 'fails';
  }

  /** Regions of the body that these words name or point to. */
  regions(words: Words): ReadonlySet<string> {
    const regions = new Set<string>();
    const codes = this.marks({ codes: words.codes, texts: [] });
    for (const [name, truth] of this.marks(words)) {
      const concept = this.concepts.get(name);
      if (concept?.region === undefined || truth !== 'holds') continue;
      if (!concept.regionByCodeOnly || codes.get(name) === 'holds') regions.add(concept.region);
    }
    return regions;
  }

  /** Sides of the body that these words name, in text or by a code whose meaning has a side. */
  sides(words: Words): ReadonlySet<Side> {
    const displays = words.codes.flatMap((key) => this.#displays.get(key) ?? []);
    const sides = new Set<Side>();
    for (const [name] of this.marks({ codes: words.codes, texts: [...words.texts, ...displays] })) {
      for (const side of this.concepts.get(name)?.sides ?? []) sides.add(side);
    }
    return sides;
  }

  #marksOfCode(key: string): readonly CodeMark[] {
    const known = this.#byCode.get(key);
    if (known !== undefined) return known;
    const marks = this.#byStem(key);
    if (this.#byCode.size < MOST_CACHED_CODES) this.#byCode.set(key, marks);
    return marks;
  }

  #byStem(key: string): CodeMark[] {
    const bar = key.lastIndexOf('|');
    const system = key.slice(0, bar);
    const code = key.slice(bar + 1);
    return this.#stems.filter((stem) => stem.system === system && stem.pattern.test(code)).map(({ mark }) => mark);
  }
}
