import type { Truth } from './truth.ts';

/**
 * A number known to lie between two bounds, both included. A partial date, a list that was read only in part or a code that may or
 * may not count widen it; learning more can only narrow it, and so can never flip a comparison that was settled.
 */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const exactly = (value: number): Range => ({ min: value, max: value });

/** Whether the number is `limit` or more. */
export function atLeast({ min, max }: Range, limit: number): Truth {
  if (min >= limit) return 'holds';
  return max < limit ? 'fails' : 'unknown';
}

/** Whether the number is `limit` or less. */
export function atMost({ min, max }: Range, limit: number): Truth {
  if (max <= limit) return 'holds';
  return min > limit ? 'fails' : 'unknown';
}
