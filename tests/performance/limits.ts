/**
 * How much more CPU a call may take when something grows, as a factor. A margin above what `npm run bench` finds, so that noise passes and
 * a call that begins to look at everything fails.
 */
export const GROWTH = {
  /** From the cards of the package to a thousand. */
  cardsInScope: 1.3,
  cardsOutOfScope: 1.3,
  /** From a few codes in a value set to ten thousand. */
  codes: 1.3,
  /** From a chart of 108 KB to one of 1 MB, 9.3 times as large. */
  chart: 11,
};

/** How much longer than one read of a slow FHIR server a call may take. */
export const FALLBACK = {
  /** When six slices are read. */
  sixSlices: 1.3,
};
