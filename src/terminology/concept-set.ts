/**
 * Some of the concepts of a pack, as bits, so that sets are compared many at a time: concept n is bit n % 30 of word n / 30, which keeps
 * every word a small integer. Sets of one pack have the same length. None is ever changed.
 */
export type ConceptSet = readonly number[];

const BITS = 30;

/** The set of these concepts, among `size`. */
export function setOfIndexes(indexes: readonly number[], size: number): ConceptSet {
  const words = new Array<number>(Math.ceil(size / BITS)).fill(0);
  for (const index of indexes)
    words[Math.floor(index / BITS)] = wordAt(words, Math.floor(index / BITS)) | (1 << (index % BITS));
  return words;
}

export const has = (set: ConceptSet, index: number): boolean =>
  (wordAt(set, Math.floor(index / BITS)) & (1 << (index % BITS))) !== 0;

/** What is in either; one of the two where that is all. */
export function union(a: ConceptSet, b: ConceptSet): ConceptSet {
  if (contains(a, b)) return a;
  const words: number[] = [];
  for (let at = 0; at < a.length; at += 1) words.push(wordAt(a, at) | wordAt(b, at));
  return words;
}

/** What is in both. */
export function both(a: ConceptSet, b: ConceptSet): ConceptSet {
  const words: number[] = [];
  for (let at = 0; at < a.length; at += 1) words.push(wordAt(a, at) & wordAt(b, at));
  return words;
}

/** What is in the first only; the first where that is all. */
export function without(a: ConceptSet, b: ConceptSet): ConceptSet {
  if (!meets(a, b)) return a;
  const words: number[] = [];
  for (let at = 0; at < a.length; at += 1) words.push(wordAt(a, at) & ~wordAt(b, at));
  return words;
}

export function isEmpty(set: ConceptSet): boolean {
  for (const word of set) if (word !== 0) return false;
  return true;
}

/** Whether the two have a concept in common. */
export function meets(a: ConceptSet, b: ConceptSet): boolean {
  for (let at = 0; at < a.length; at += 1) if ((wordAt(a, at) & wordAt(b, at)) !== 0) return true;
  return false;
}

/** Whether the first has all of the second. */
export function contains(whole: ConceptSet, part: ConceptSet): boolean {
  for (let at = 0; at < part.length; at += 1) if ((wordAt(part, at) & ~wordAt(whole, at)) !== 0) return false;
  return true;
}

/** The index of each member. */
export function indexesOf(set: ConceptSet): number[] {
  const indexes: number[] = [];
  for (let at = 0; at < set.length; at += 1) {
    for (let word = wordAt(set, at); word !== 0; word &= word - 1) {
      indexes.push(at * BITS + 31 - Math.clz32(word & -word));
    }
  }
  return indexes;
}

const wordAt = (set: ConceptSet, at: number): number => set[at] ?? 0;
