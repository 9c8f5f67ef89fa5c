import type { Truth } from '../logic/truth.ts';
import { both, type ConceptSet, contains, has, indexesOf, meets, setOfIndexes, union, without } from './concept-set.ts';
import { Speech } from './speech.ts';
import type { Words } from './words.ts';

/** One value set, compiled: codes listed one by one, and stems. Keys are `system|code`. */
export interface ValueSet {
  readonly name: string;
  readonly title: string;
  /** Key to whether a public source confirms it, and our own short display. */
  readonly codes: ReadonlyMap<string, { readonly verified: boolean; readonly display: string }>;
  readonly stems: readonly Stem[];
}

/** Codes that a pattern names. */
export interface Stem {
  readonly system: string;
  readonly pattern: RegExp;
  readonly verified: boolean;
  /** What stands in the value set: how the codes begin, or a regular expression. */
  readonly written: string;
  readonly isBeginning: boolean;
}

/** Something cards can speak of: codes and words that mean it. */
export interface Concept {
  readonly name: string;
  readonly title: string;
  readonly valueSets: readonly ValueSet[];
  /** Regular expressions, as they stand in the pack. */
  readonly words: readonly string[];
  /** Any of the words. Has flag `g`; undefined when there are none. */
  readonly pattern: RegExp | undefined;
  /** Whether words count beside a code that means something else. Red flags, regions and sides: always. */
  readonly wordsAlwaysCount: boolean;
  /** A code of it says what a thing is, so that the text beside it no longer decides: findings, procedures, red flags. */
  readonly codesDecide: boolean;
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

/** What some codes or words mean: concepts that they surely bear, and others that only an unverified code speaks for. */
export interface Meaning {
  readonly holds: ConceptSet;
  readonly unknown: ConceptSet;
}

/** What codes mean by themselves. */
interface Coded extends Meaning {
  /** Some code surely means a finding or a procedure: then it, and not the text beside it, says what this is. */
  readonly decides: boolean;
}

/** What is known of some words by now: facts ask about the same entry many times within one call. */
interface Memory {
  readonly coded: Coded;
  /** Concepts that were asked about. */
  judged: ConceptSet;
  holds: ConceptSet;
  unknown: ConceptSet;
  /** Both of them, once all concepts were asked about. */
  may?: ConceptSet;
  regions?: ReadonlySet<string>;
  sides?: ReadonlySet<Side>;
}

interface Mark {
  readonly index: number;
  readonly verified: boolean;
}

/** Titles of codes give other joints as examples: "(eg, shoulder, hip, knee)". */
const EXAMPLES = /\((?:e\.?\s?g\.?|for example|such as|i\.?e\.?|p\.?\s?ej\.?)[^)]*\)/gi;
/** Bounds the memory of what codes mean, which is a pure function of the loaded pack. */
const MOST_KEPT = 50_000;
const LONGEST_KEPT = 120;

/** Every concept of a pack, ready for look-up. Pure: same words, same meaning. */
export class Terminology {
  readonly concepts: ReadonlyMap<string, Concept>;
  readonly #list: readonly Concept[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #all: ConceptSet;
  readonly #none: ConceptSet;
  /** Concepts whose words count whatever code stands beside them. */
  readonly #alwaysInWords: ConceptSet;
  readonly #inDoubt: ConceptSet;
  readonly #placed: ConceptSet;
  readonly #sided: ConceptSet;
  readonly #uncoded: Coded;
  readonly #stems: (Mark & Stem)[] = [];
  readonly #displays = new Map<string, string>();
  readonly #byCode = new Map<string, Coded>();
  readonly #speech: Speech;
  readonly #sets = new WeakMap<readonly string[], ConceptSet>();
  readonly #memories = new WeakMap<Words, Memory>();

  constructor(concepts: readonly Concept[]) {
    this.concepts = new Map(concepts.map((concept) => [concept.name, concept]));
    this.#list = concepts;
    this.#indexes = new Map(concepts.map(({ name }, index) => [name, index]));
    const those = (areMeant: (concept: Concept) => boolean) =>
      this.setOf(concepts.filter(areMeant).map(({ name }) => name));
    this.#all = those(() => true);
    this.#none = those(() => false);
    this.#speech = new Speech(concepts);
    this.#alwaysInWords = those(({ wordsAlwaysCount }) => wordsAlwaysCount);
    this.#inDoubt = those(({ countsInDoubt }) => countsInDoubt);
    this.#placed = those(({ region }) => region !== undefined);
    this.#sided = those(({ sides }) => sides !== undefined);
    this.#uncoded = { holds: this.#none, unknown: this.#none, decides: false };
    const marks = new Map<string, Mark[]>();
    for (const [index, { valueSets }] of concepts.entries()) {
      for (const { codes, stems } of valueSets) {
        for (const [key, { verified, display }] of codes) {
          this.#displays.set(key, display);
          marks.set(key, [...(marks.get(key) ?? []), { index, verified }]);
        }
        for (const stem of stems) this.#stems.push({ ...stem, index });
      }
    }
    for (const [key, own] of marks) this.#byCode.set(key, this.#coded([...own, ...this.#byStem(key)]));
  }

  /** Our own short wording of a code, where a value set of the pack has one. */
  display = (key: string): string | undefined => this.#displays.get(key);

  /**
   * Whether these words bear the concept: `unknown` where only an unverified code says so. Text decides only where no code does, but for
   * concepts whose words always count.
   */
  bears(words: Words, name: string): Truth {
    const index = this.#indexes.get(name);
    if (index === undefined) return 'fails';
    const memory = this.#remember(words);
    if (!has(memory.judged, index)) this.#judge(words, memory, setOfIndexes([index], this.#list.length));
    if (has(memory.holds, index)) return 'holds';
    return has(memory.unknown, index) ? 'unknown' : 'fails';
  }

  /** Whether these words bear at least one of the concepts. */
  bearsAny(words: Words, names: readonly string[]): Truth {
    const wanted = this.setOf(names);
    const { holds, unknown } = this.meaningOf(words, wanted);
    if (meets(holds, wanted)) return 'holds';
    return meets(unknown, wanted) ? 'unknown' : 'fails';
  }

  /** Whether one of the concepts counts in doubt. */
  countInDoubt(names: readonly string[]): boolean {
    return meets(this.setOf(names), this.#inDoubt);
  }

  /** What these words mean, as far as some of the concepts go; others may be left out. */
  meaningOf(words: Words, wanted: ConceptSet = this.#all): Meaning {
    const memory = this.#remember(words);
    if (!contains(memory.judged, wanted)) this.#judge(words, memory, wanted);
    return memory;
  }

  /** Every concept that these words bear, or may bear. */
  mayMean(words: Words): ConceptSet {
    const memory = this.#remember(words);
    if (memory.may === undefined) {
      const { holds, unknown } = this.meaningOf(words);
      memory.may = union(holds, unknown);
    }
    return memory.may;
  }

  /** The concepts of these names. It is remembered, for lists that stay as those of a pack do. */
  setOf(names: readonly string[]): ConceptSet {
    const known = this.#sets.get(names);
    if (known !== undefined) return known;
    const set = setOfIndexes(
      names.flatMap((name) => this.#indexes.get(name) ?? []),
      this.#list.length,
    );
    this.#sets.set(names, set);
    return set;
  }

  /** Names of the concepts that the codes among these words mean, or may mean. */
  conceptsOf(words: Words): readonly string[] {
    const { holds, unknown } = this.#remember(words).coded;
    return indexesOf(union(holds, unknown)).flatMap((index) => this.#list[index]?.name ?? []);
  }

  /** Regions of the body that these words name or point to. */
  regions(words: Words): ReadonlySet<string> {
    const memory = this.#remember(words);
    if (memory.regions === undefined) {
      const spoken = this.meaningOf(this.#spoken(words), this.#placed);
      const named = indexesOf(both(this.#placed, union(memory.coded.holds, spoken.holds))).flatMap((index) => {
        const { region, regionByCodeOnly } = this.#list[index] as Concept;
        return region !== undefined && has((regionByCodeOnly ? memory.coded : spoken).holds, index) ? [region] : [];
      });
      memory.regions = new Set(named);
    }
    return memory.regions;
  }

  /** Without what says nothing of this patient: standard titles of codes that are known by themselves, and examples in brackets. */
  #spoken(words: Words): Words {
    const { codes, texts, titles = [], prose } = words;
    if (titles.length === 0 && !texts.some((text) => text.includes('('))) return words;
    const standard = new Set(titles.filter(({ code }) => this.#displays.has(code)).map(({ text }) => text));
    return {
      codes,
      texts: texts.filter((text) => !standard.has(text)).map(withoutExamples),
      ...(prose && { prose: prose.map(withoutExamples) }),
    };
  }

  /** Sides of the body that these words name, in text or by a code whose meaning has a side. */
  sides(words: Words): ReadonlySet<Side> {
    const memory = this.#remember(words);
    if (memory.sides === undefined) {
      const displays = words.codes.flatMap((key) => this.#displays.get(key) ?? []);
      const told = displays.length === 0 ? words : { ...words, texts: [...words.texts, ...displays] };
      const { holds, unknown } = this.meaningOf(told, this.#sided);
      const named = indexesOf(both(this.#sided, union(holds, unknown)));
      memory.sides = new Set(named.flatMap((index) => this.#list[index]?.sides ?? []));
    }
    return memory.sides;
  }

  #remember(words: Words): Memory {
    let memory = this.#memories.get(words);
    if (memory === undefined) {
      const coded = this.#meaningOfCodes(words.codes);
      memory = { coded, judged: this.#none, holds: this.#none, unknown: this.#none };
      this.#memories.set(words, memory);
    }
    return memory;
  }

  #judge(words: Words, memory: Memory, wanted: ConceptSet): void {
    const { coded } = memory;
    const missing = without(wanted, memory.judged);
    memory.judged = union(memory.judged, missing);
    if (coded === this.#uncoded) {
      memory.holds = union(memory.holds, this.#speech.said(words, missing));
      return;
    }
    const silentInCode = without(coded.decides ? this.#alwaysInWords : this.#all, coded.holds);
    const inWords = both(missing, union(silentInCode, coded.unknown));
    const holds = union(both(missing, coded.holds), this.#speech.said(words, inWords));
    memory.holds = union(memory.holds, holds);
    memory.unknown = union(memory.unknown, without(both(missing, coded.unknown), holds));
  }

  #meaningOfCodes([first, ...others]: readonly string[]): Coded {
    if (first === undefined) return this.#uncoded;
    return others.map((key) => this.#meaningOfCode(key)).reduce(joinCoded, this.#meaningOfCode(first));
  }

  #meaningOfCode(key: string): Coded {
    const known = this.#byCode.get(key);
    if (known !== undefined) return known;
    const coded = this.#coded(this.#byStem(key));
    if (this.#byCode.size < MOST_KEPT && key.length <= LONGEST_KEPT) this.#byCode.set(key, coded);
    return coded;
  }

  #coded(marks: readonly Mark[]): Coded {
    if (marks.length === 0) return this.#uncoded;
    const size = this.#list.length;
    const isSure = ({ index, verified }: Mark) => verified || this.#list[index]?.countsInDoubt === true;
    const holds = setOfIndexes(
      marks.filter(isSure).map(({ index }) => index),
      size,
    );
    const named = setOfIndexes(
      marks.map(({ index }) => index),
      size,
    );
    const decides = marks.some(({ index, verified }) => verified && this.#list[index]?.codesDecide === true);
    return { holds, unknown: without(named, holds), decides };
  }

  #byStem(key: string): Mark[] {
    const bar = key.lastIndexOf('|');
    const system = key.slice(0, bar);
    const code = key.slice(bar + 1);
    return this.#stems.filter((stem) => stem.system === system && stem.pattern.test(code));
  }
}

const withoutExamples = (text: string): string => text.replace(EXAMPLES, ' ');

function joinCoded(a: Coded, b: Coded): Coded {
  const holds = union(a.holds, b.holds);
  return { holds, unknown: without(union(a.unknown, b.unknown), holds), decides: a.decides || b.decides };
}
