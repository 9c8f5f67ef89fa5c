/** The 32-bit numbers that patients are spread over. */
const SPACE = 2 ** 32;

/** A number for a text, the same everywhere and spread evenly: FNV-1a with the last steps of MurmurHash3. */
export function numberOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The k-th of n equal shares of all patients, k from 1. */
export interface Share {
  readonly k: number;
  readonly n: number;
}

export const WHOLE: Share = { k: 1, n: 1 };

/** Whether something falls into a share. Shares are ranges, so that what comes of them, put one after the other, is in one order. */
export const isIn = ({ k, n }: Share, number: number): boolean => Math.floor((number * n) / SPACE) === k - 1;

/** Which of `count` parts of a share a number of it falls into: ranges again. */
export function partOf({ k, n }: Share, count: number, number: number): number {
  const from = (SPACE * (k - 1)) / n;
  return Math.min(count - 1, Math.max(0, Math.floor(((number - from) * n * count) / SPACE)));
}

/** By number, then by id: the order in which patients are told of. */
export const byNumber = (a: string, b: string): number => numberOf(a) - numberOf(b) || (a < b ? -1 : a > b ? 1 : 0);
