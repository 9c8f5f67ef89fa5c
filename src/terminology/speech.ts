import { both, type ConceptSet, contains, indexesOf, isEmpty, setOfIndexes, union, without } from './concept-set.ts';
import { says } from './language.ts';
import type { Words } from './words.ts';

/** How a concept is said in words; `pattern` has flag `g`, and is undefined when nothing says it. */
interface Sayable {
  readonly pattern: RegExp | undefined;
  readonly countsInDoubt: boolean;
}

/** Concepts that were looked for in a text, and those of them that it says. */
interface Told {
  readonly sought: ConceptSet;
  readonly said: ConceptSet;
}

/** Bounds the memory of what names say, which is a pure function of the loaded pack. */
const MOST_KEPT = 50_000;
/** What things are called is short, and the next chart says it again; longer texts, and prose, are read each time. */
const LONGEST_KEPT = 120;

/** What texts say of some concepts, which are known by their place. Pure. */
export class Speech {
  readonly #concepts: readonly Sayable[];
  readonly #none: ConceptSet;
  readonly #byName = new Map<string, Told>();

  constructor(concepts: readonly Sayable[]) {
    this.#concepts = concepts;
    this.#none = setOfIndexes([], concepts.length);
  }

  /** Which of these concepts some text says. */
  said({ texts, prose }: Words, wanted: ConceptSet): ConceptSet {
    let said = this.#none;
    if (isEmpty(wanted)) return said;
    for (const text of texts) {
      const isName = !prose?.includes(text) && text.length <= LONGEST_KEPT;
      const told = isName ? both(wanted, this.#saidByName(text, wanted)) : this.#saidBy(text, without(wanted, said));
      if (told !== this.#none) said = union(said, told);
    }
    return said;
  }

  #saidByName(text: string, wanted: ConceptSet): ConceptSet {
    const known = this.#byName.get(text);
    if (known !== undefined && contains(known.sought, wanted)) return known.said;
    const { sought, said } = known ?? { sought: this.#none, said: this.#none };
    const told = {
      sought: union(sought, wanted),
      said: union(said, this.#saidBy(text, without(wanted, sought))),
    };
    if (this.#byName.size >= MOST_KEPT) this.#byName.clear();
    this.#byName.set(text, told);
    return told.said;
  }

  #saidBy(text: string, wanted: ConceptSet): ConceptSet {
    const isSaid = (index: number) => {
      const { pattern, countsInDoubt } = this.#concepts[index] as Sayable;
      return pattern !== undefined && says(text, pattern, countsInDoubt);
    };
    const said = indexesOf(wanted).filter(isSaid);
    return said.length === 0 ? this.#none : setOfIndexes(said, this.#concepts.length);
  }
}
