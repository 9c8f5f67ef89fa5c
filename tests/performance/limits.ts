import type { Callee } from '../../bench/calls.ts';
import type { Scope, Size } from '../../bench/payloads.ts';

/**
 * How much more CPU a call may take when something grows, as a factor. A margin above what `npm run bench` finds, so that noise passes and
 * a call that begins to look at everything fails.
 */
export const GROWTH = {
  /** From the cards of the package to a thousand. */
  cardsInScope: 1.3,
  cardsOutOfScope: 1.3,
  /** Loading a thousand cards beside loading those of the package, which are 27: what cards share is linked once. */
  load: 12,
  /** From a few codes in a value set to ten thousand. */
  codes: 1.3,
  /** From a chart of 108 KB to one of 1 MB, 9.3 times as large. */
  chart: 8,
};

/** How much longer than one read of a slow FHIR server a call may take. */
export const FALLBACK = {
  /** When six slices are read. */
  sixSlices: 1.3,
};

/**
 * How much CPU a bare `node:http` server takes for a call, at least, as a share of what the service takes for the same call. `npm run bench`
 * says what it is; these are about two thirds of it, so that a service that has become twice as slow fails, and noise passes.
 */
export const CALLS: readonly {
  readonly size: Size;
  readonly scope: Scope;
  readonly callee: Callee;
  readonly least: number;
}[] = [
  { size: 12, scope: 'in scope', callee: 'open', least: 0.046 },
  { size: 12, scope: 'in scope', callee: 'RS384', least: 0.04 },
  { size: 12, scope: 'out of scope', callee: 'open', least: 0.25 },
  { size: 12, scope: 'out of scope', callee: 'RS384', least: 0.13 },
  { size: 108, scope: 'in scope', callee: 'open', least: 0.13 },
  { size: 108, scope: 'in scope', callee: 'RS384', least: 0.11 },
  { size: 108, scope: 'out of scope', callee: 'open', least: 0.46 },
  { size: 108, scope: 'out of scope', callee: 'RS384', least: 0.36 },
];
