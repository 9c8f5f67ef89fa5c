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
  /** Has flag `g`; undefined when it has no words. */
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

interface CodeMark {
  readonly concept: Concept;
  readonly verified: boolean;
}

/** Titles of codes give other joints as examples: "(eg, shoulder, hip, knee)". */
const EXAMPLES = /\((?:e\.?\s?g\.?|for example|such as|i\.?e\.?|p\.?\s?ej\.?)[^)]*\)/gi;
/** Bounds the memory of code look-ups; what is cached is a pure function of the loaded pack. */
const MOST_CACHED_CODES = 50_000;

/** What is already known of some words: facts ask about the same entry many times within one call. */
interface Memory {
  /** What its codes alone mean. */
  readonly byCode: ReadonlyMap<string, Truth>;
  /** Some code surely means a finding or a procedure: then it, and not the text beside it, says what this is. */
  readonly isCoded: boolean;
  readonly judged: Map<string, Truth>;
  regions?: ReadonlySet<string>;
  sides?: ReadonlySet<Side>;
}

/** Every concept of a pack, ready for look-up. Pure: same words, same meaning. */
export class Terminology {
  readonly concepts: ReadonlyMap<string, Concept>;
  readonly #byCode = new Map<string, readonly CodeMark[]>();
  readonly #stems: { system: string; pattern: RegExp; mark: CodeMark }[] = [];
  readonly #displays = new Map<string, string>();
  readonly #placed: readonly (Concept & { region: string })[];
  readonly #sided: readonly (Concept & { sides: readonly Side[] })[];
  readonly #memories = new WeakMap<Words, Memory>();

  constructor(concepts: readonly Concept[]) {
    this.concepts = new Map(concepts.map((concept) => [concept.name, concept]));
    this.#placed = concepts.filter((concept): concept is Concept & { region: string } => concept.region !== undefined);
    this.#sided = concepts.filter((one): one is Concept & { sides: readonly Side[] } => one.sides !== undefined);
    for (const concept of concepts) {
      for (const set of concept.valueSets) {
        for (const [key, { verified, display }] of set.codes) {
          this.#displays.set(key, display);
          this.#byCode.set(key, [...(this.#byCode.get(key) ?? []), { concept, verified }]);
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

  /**
   * Whether these words bear the concept: `unknown` where only an unverified code says so. Text decides only where no code does, but for
   * concepts whose words always count.
   */
  bears(words: Words, name: string): Truth {
    const memory = this.#remember(words);
    let truth = memory.judged.get(name);
    if (truth === undefined) {
      const concept = this.concepts.get(name);
      truth = concept === undefined ? 'fails' : judge(concept, words, memory);
      memory.judged.set(name, truth);
    }
    return truth;
  }

  /** Regions of the body that these words name or point to. */
  regions(words: Words): ReadonlySet<string> {
    const memory = this.#remember(words);
    if (memory.regions === undefined) {
      const spoken = this.#spoken(words);
      const isMeant = ({ name, regionByCodeOnly }: Concept) =>
        regionByCodeOnly ? memory.byCode.get(name) === 'holds' : this.bears(spoken, name) === 'holds';
      memory.regions = new Set(this.#placed.filter(isMeant).map(({ region }) => region));
    }
    return memory.regions;
  }

  /** Without what says nothing of this patient: standard titles of codes that are known by themselves, and examples in brackets. */
  #spoken(words: Words): Words {
    const { codes, texts, titles = [] } = words;
    if (titles.length === 0 && !texts.some((text) => text.includes('('))) return words;
    const standard = new Set(titles.filter(({ code }) => this.#displays.has(code)).map(({ text }) => text));
    return { codes, texts: texts.filter((text) => !standard.has(text)).map((text) => text.replace(EXAMPLES, ' ')) };
  }

  /** Sides of the body that these words name, in text or by a code whose meaning has a side. */
  sides(words: Words): ReadonlySet<Side> {
    const memory = this.#remember(words);
    if (memory.sides === undefined) {
      const displays = words.codes.flatMap((key) => this.#displays.get(key) ?? []);
      const told = displays.length === 0 ? words : { codes: words.codes, texts: [...words.texts, ...displays] };
      memory.sides = new Set(
        this.#sided.flatMap(({ name, sides }) => (this.bears(told, name) === 'fails' ? [] : sides)),
      );
    }
    return memory.sides;
  }

  #remember(words: Words): Memory {
    let memory = this.#memories.get(words);
    if (memory === undefined) {
      const marks = words.codes.flatMap((key) => this.#marksOfCode(key));
      const byCode = new Map<string, Truth>();
      for (const { concept, verified } of marks) {
        if (verified || concept.countsInDoubt) byCode.set(concept.name, 'holds');
        else if (!byCode.has(concept.name)) byCode.set(concept.name, 'unknown');
      }
      memory = {
        byCode,
        isCoded: marks.some(({ verified, concept }) => verified && concept.codesDecide),
        judged: new Map(),
      };
      this.#memories.set(words, memory);
    }
    return memory;
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

function judge(concept: Concept, { texts }: Words, { byCode, isCoded }: Memory): Truth {
  const coded = byCode.get(concept.name) ?? 'fails';
  const { pattern } = concept;
  const mayWordsCount = coded === 'unknown' || (coded === 'fails' && (concept.wordsAlwaysCount || !isCoded));
  if (pattern === undefined || !mayWordsCount) return coded;
  return texts.some((text) => says(text, pattern, concept.countsInDoubt)) ? 'holds' : coded;
}
