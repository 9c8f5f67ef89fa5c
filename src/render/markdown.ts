/** Longest piece of a client's own words that a card repeats. */
const LONGEST = 120;
const JOINER = '\u2060';

/**
 * Text from a request, made inert: no Markdown, HTML or bare address in it can become a heading, link, image or element, also where a
 * client renders raw HTML. Control characters and line breaks become spaces; long texts are cut.
 */
export function escapeText(text: string): string {
  const line = plain(text);
  const characters = [...line];
  const short =
    characters.length > LONGEST
      ? `${characters
          .slice(0, LONGEST - 1)
          .join('')
          .trimEnd()}…`
      : line;
  return short
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~]/g, (character) => `\\${character}`)
    .replaceAll('://', `:${JOINER}//`)
    .replaceAll(/(?<![\p{L}\p{N}])www\./giu, (www) => `${www.slice(0, -1)}${JOINER}.`)
    .replaceAll('@', `${JOINER}@${JOINER}`);
}

/** One line of plain text without control or direction-changing characters. */
export const plain = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** A Markdown link to a source of ours. */
export const link = (label: string, url: string): string =>
  `[${label.replaceAll(/[[\]]/g, '')}](${url.replaceAll('(', '%28').replaceAll(')', '%29')})`;
