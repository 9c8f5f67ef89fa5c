/** Kleene's three values. `unknown` is not a weak "no": it never fires a card and never silences one. */
export type Truth = 'holds' | 'fails' | 'unknown';

/** Fails as soon as one part fails, even if another is unknown. */
export const all = (parts: readonly Truth[]): Truth => settle(parts, 'fails');

/** Holds as soon as one part holds, even if another is unknown. */
export const any = (parts: readonly Truth[]): Truth => settle(parts, 'holds');

function settle(parts: readonly Truth[], decisive: 'fails' | 'holds'): Truth {
  if (parts.includes(decisive)) return decisive;
  return parts.includes('unknown') ? 'unknown' : not(decisive);
}

/** The opposite; the opposite of unknown is unknown. */
export function not(truth: Truth): Truth {
  if (truth === 'unknown') return 'unknown';
  return truth === 'holds' ? 'fails' : 'holds';
}

export const holdsIf = (claim: boolean): Truth => (claim ? 'holds' : 'fails');
