import type { CardReason, Found } from '../../workbench/explanation.ts';
import type { Words } from './words-en.ts';

/** What a card came to; of one that fires and is not shown, why not. */
export const verdictText = ({ verdict, unshown }: CardReason, words: Words['why']): string =>
  unshown === undefined ? words.verdicts[verdict] : `${words.verdicts[verdict]} · ${words.unshown[unshown]}`;

/** How the page writes numbers. */
type Written = (value: number) => string;

/** What the chart gave, in words; empty when what was seen says it. */
export function foundText(found: Found, words: Words['why']['found'], written: Written): string {
  const { unread } = found;
  const told = toldText(found, words, written);
  const left = unread.length === 0 ? '' : words.unread(unread.join(', '));
  return [told === undefined ? '' : words.is(told), left].filter(Boolean).join(' ');
}

function toldText(found: Found, words: Words['why']['found'], written: Written): string | undefined {
  const { names, isOpen = false, isUnavailable, isNever, least, most, unit } = found;
  const amount = (value: number) => (unit === undefined ? written(value) : `${written(value)} ${unit}`);
  if (isUnavailable || (isOpen && names?.length === 0)) return words.unavailable;
  if (names !== undefined) return [...names, ...(isOpen ? [words.others] : [])].join(', ') || words.nothing;
  if (isNever) return words.never;
  if (least === undefined) return undefined;
  if (least === most) return amount(least);
  return most === undefined ? words.atLeast(amount(least)) : words.between(written(least), amount(most));
}
