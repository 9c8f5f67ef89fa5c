/** A heading of the pack's document and what stands under it. */
export interface Part {
  readonly id: string;
  readonly heading: string;
  readonly text: string;
  readonly parts: readonly Part[];
}

export interface Pack {
  /** Revision and size, in a sentence. */
  readonly about: string;
  readonly parts: readonly Part[];
}

/** The document to sign, taken apart at its headings of the second and third level. The place for signatures is left out. */
export function readPack(markdown: string): Pack {
  const { own, parts } = takenApart(markdown, '##');
  const [, about = ''] = own.split('\n\n');
  return { about, parts };
}

/** What stands before the first heading of a level, and the parts that such headings begin, each after its anchor where it has one. */
function takenApart(text: string, level: '##' | '###'): { readonly own: string; readonly parts: readonly Part[] } {
  const [own = '', ...rest] = text.split(new RegExp(`^(?:<a id="([^"]+)"></a>\\n\\n)?${level} `, 'm'));
  const parts: Part[] = [];
  for (let at = 0; at < rest.length; at += 2) parts.push(partOf(rest[at], rest[at + 1] ?? ''));
  return { own, parts };
}

function partOf(anchor: string | undefined, text: string): Part {
  const { own, parts } = takenApart(text, '###');
  const end = own.indexOf('\n');
  const heading = (end < 0 ? own : own.slice(0, end)).trim();
  return { id: anchor ?? idOf(heading), heading, text: end < 0 ? '' : own.slice(end).trim(), parts };
}

/** As links within the document name it. */
const idOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .trim()
    .replaceAll(' ', '-');

/** How many entries and rows of tables there are to read; text of another kind is one. */
export const entriesIn = (parts: readonly Part[]): number =>
  parts.reduce((count, { text, parts: { length } }) => {
    const rows = text.startsWith('|') ? text.split('\n').length - 2 : 1;
    return count + (length > 0 ? length : rows);
  }, 0);

/** In small letters without accents, which nobody need type. */
const folded = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** The parts that hold all of the wanted words. */
export function filterPack({ about, parts }: Pack, wanted: string): Pack {
  const words = folded(wanted).split(/\s+/).filter(Boolean);
  if (words.length === 0) return { about, parts };
  const fits = ({ heading, text }: Part) => {
    const whole = folded(`${heading} ${text}`);
    return words.every((word) => whole.includes(word));
  };
  return {
    about,
    parts: parts.flatMap((part) => {
      const inside = part.parts.filter(fits);
      if (part.parts.length > 0) return inside.length === 0 ? [] : [{ ...part, parts: inside }];
      const text = filterRows(part.text, words);
      return text === undefined ? [] : [{ ...part, text }];
    }),
  };
}

/** A table with the rows that fit; other text whole or not at all. */
function filterRows(text: string, words: readonly string[]): string | undefined {
  const has = (line: string) => words.every((word) => folded(line).includes(word));
  if (!text.startsWith('|')) return has(text) ? text : undefined;
  const [head = '', rule = '', ...rows] = text.split('\n');
  const fitting = rows.filter(has);
  return fitting.length === 0 ? undefined : [head, rule, ...fitting].join('\n');
}
