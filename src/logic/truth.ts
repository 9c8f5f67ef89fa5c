/** Kleene's three values. `unknown` is not a weak "no": it never fires a card and never silences one. */
export type Truth = 'holds' | 'fails' | 'unknown';

/** Fails as soon as one part fails, even if another is unknown. */
export const all = (parts: readonly Truth[]): Truth => allOf(parts, itself);

/** Holds as soon as one part holds, even if another is unknown. */
export const any = (parts: readonly Truth[]): Truth => anyOf(parts, itself);

/** As `all`; parts behind one that fails are not judged. */
export const allOf = <T>(parts: readonly T[], truthOf: (part: T) => Truth): Truth => settle(parts, truthOf, 'fails');

/** As `any`; parts behind one that holds are not judged. */
export const anyOf = <T>(parts: readonly T[], truthOf: (part: T) => Truth): Truth => settle(parts, truthOf, 'holds');

function settle<T>(parts: readonly T[], truthOf: (part: T) => Truth, decisive: 'fails' | 'holds'): Truth {
  let truth = not(decisive);
  for (const part of parts) {
    const one = truthOf(part);
    if (one === decisive) return decisive;
    if (one === 'unknown') truth = 'unknown';
  }
  return truth;
}

/** The opposite; the opposite of unknown is unknown. */
export function not(truth: Truth): Truth {
  if (truth === 'unknown') return 'unknown';
  return truth === 'holds' ? 'fails' : 'holds';
}

export const holdsIf = (claim: boolean): Truth => (claim ? 'holds' : 'fails');

const itself = (truth: Truth): Truth => truth;
