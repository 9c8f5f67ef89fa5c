/** Kleene's three values. `unknown` is not a weak "no": it never fires a card and never silences one. */
export type Truth = 'holds' | 'fails' | 'unknown';

/** Fails as soon as one part fails, even if another is unknown. */
export function all(parts: readonly Truth[]): Truth {
  if (parts.includes('fails')) return 'fails';
  return parts.includes('unknown') ? 'unknown' : 'holds';
}

/** Holds as soon as one part holds, even if another is unknown. */
export function any(parts: readonly Truth[]): Truth {
  if (parts.includes('holds')) return 'holds';
  return parts.includes('unknown') ? 'unknown' : 'fails';
}

/** The opposite; the opposite of unknown is unknown. */
export function not(truth: Truth): Truth {
  if (truth === 'unknown') return 'unknown';
  return truth === 'holds' ? 'fails' : 'holds';
}

/** Holds when not one part holds. */
export const none = (parts: readonly Truth[]): Truth => not(any(parts));

export const holdsIf = (claim: boolean): Truth => (claim ? 'holds' : 'fails');
