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

/** The values that a number may have, in words. */
export function boundsText({ bounds: { least, most, isWhole }, unit }: Pick<Parameter, 'bounds' | 'unit'>): string {
  const range = most === undefined ? `at least ${least}` : least === most ? `${least}` : `from ${least} to ${most}`;
  return `${isWhole && least !== most ? 'a whole number ' : ''}${range}${unit.startsWith('{') ? '' : ` ${unit}`}`;
}
