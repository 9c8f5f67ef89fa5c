import type { Bounds, Parameter } from './types.ts';

/** Units of what is counted, and of time as it is told: 2.5 of them is a slip. */
const WHOLE = /^(?:days|weeks|months|years|contacts|count|sessions|rows|visits|answers|firings|times(?: a .*)?)$/;

/** What the pack says of a number's values, completed. A count is whole, unless the pack's own value is not. */
export const boundsOf = ({ value, unit, least = 0, most }: AsWritten): Bounds => ({
  least,
  ...(most !== undefined && { most }),
  isWhole: WHOLE.test(unit) && Number.isInteger(value),
});

interface AsWritten {
  readonly value: number;
  readonly unit: string;
  readonly least?: number;
  readonly most?: number;
}

/** Whether a number may have this value. */
export const allows = ({ least, most = Number.POSITIVE_INFINITY, isWhole }: Bounds, value: number): boolean =>
  value >= least && value <= most && (!isWhole || Number.isInteger(value));

/** Words for the values that a number may have. */
export const BOUNDS_WORDS = {
  atLeast: (least: number) => `at least ${least}`,
  between: (least: number, most: number) => `from ${least} to ${most}`,
  whole: 'a whole number',
  unit: (unit: string) => unit,
};

/** The values that a number may have, in words. */
export function boundsText(
  { bounds: { least, most, isWhole }, unit }: Pick<Parameter, 'bounds' | 'unit'>,
  words = BOUNDS_WORDS,
): string {
  const range = most === undefined ? words.atLeast(least) : least === most ? `${least}` : words.between(least, most);
  return `${isWhole && least !== most ? `${words.whole} ` : ''}${range}${unit.startsWith('{') ? '' : ` ${words.unit(unit)}`}`;
}
