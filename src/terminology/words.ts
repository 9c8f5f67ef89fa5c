import { list, member, string } from '../logic/json.ts';
import { canonicalCode, canonicalSystem } from './systems.ts';

/** What something is called: codes as `system|code`, and every wording of it (text and displays). */
export interface Words {
  readonly codes: readonly string[];
  readonly texts: readonly string[];
  /** Texts that are the display of a code, with that code. */
  readonly titles?: readonly { readonly text: string; readonly code: string }[];
  /** Texts that are somebody's own words, as a note, a conclusion or a reason without a code, and not what a code is called. */
  readonly prose?: readonly string[];
}

export const NO_WORDS: Words = { codes: [], texts: [] };

/** Bounds the memory of concepts that charts have named. */
const MOST_KEPT = 20_000;
const LONGEST_KEY = 400;
const kept = new Map<string, Words>();

/**
 * Reads CodeableConcepts, Codings, CodeableReferences' displays and plain strings, in whatever shape they come. What has codes, and is
 * named as another was before, is the same object, so that what it means is known.
 */
export function wordsOf(values: readonly unknown[]): Words {
  const key = keyOf(values);
  if (key === undefined) return readWords(values);
  let words = kept.get(key);
  if (words === undefined) {
    words = readWords(values);
    if (kept.size >= MOST_KEPT) kept.clear();
    if (words.prose === undefined) kept.set(key, words);
  }
  return words;
}

/** All that is read of some values, each piece with its length before it, so that no two ways to cut it give one text; undefined when it is long or prose. */
function keyOf(values: readonly unknown[]): string | undefined {
  let key = '';
  for (const value of values) {
    if (typeof value === 'string') return undefined;
    key += lengthy(member(value, 'text'));
    for (const coding of codingsOf(value)) {
      key += `/${lengthy(member(coding, 'system'))}${lengthy(member(coding, 'code'))}${lengthy(member(coding, 'display'))}`;
    }
    key += ';';
    if (key.length > LONGEST_KEY) return undefined;
  }
  return key;
}

const lengthy = (value: unknown): string => {
  const piece = string(value);
  return piece === undefined ? '-' : `${piece.length}:${piece}`;
};

const codingsOf = (value: unknown): readonly unknown[] =>
  'coding' in Object(value) ? list(member(value, 'coding')) : [value];

function readWords(values: readonly unknown[]): Words {
  const codes: string[] = [];
  const texts = new Set<string>();
  const titles: { text: string; code: string }[] = [];
  const prose = new Set<string>();
  for (const value of values) {
    if (typeof value === 'string') {
      if (value === '') continue;
      texts.add(value);
      prose.add(value);
      continue;
    }
    const text = string(member(value, 'text'));
    const before = codes.length;
    const named: string[] = text === undefined ? [] : [text];
    for (const coding of codingsOf(value)) {
      const code = string(member(coding, 'code'));
      const display = string(member(coding, 'display'));
      if (code !== undefined) {
        const system = canonicalSystem(string(member(coding, 'system')) ?? '');
        const key = `${system}|${canonicalCode(system, code)}`;
        codes.push(key);
        if (display !== undefined) titles.push({ text: display, code: key });
      }
      if (display !== undefined) named.push(display);
    }
    for (const one of named) {
      texts.add(one);
      if (codes.length === before) prose.add(one);
    }
  }
  if (codes.length === 0 && texts.size === 0) return NO_WORDS;
  return { codes, texts: [...texts], titles, ...(prose.size > 0 && { prose: [...prose] }) };
}

/** All of them together. */
export function joinWords(...all: readonly Words[]): Words {
  const told = all.filter(({ codes, texts }) => codes.length > 0 || texts.length > 0);
  if (told.length <= 1) return told[0] ?? NO_WORDS;
  const prose = told.flatMap(({ prose = [] }) => prose);
  return {
    codes: told.flatMap(({ codes }) => codes),
    texts: [...new Set(told.flatMap(({ texts }) => texts))],
    titles: told.flatMap(({ titles = [] }) => titles),
    ...(prose.length > 0 && { prose }),
  };
}
