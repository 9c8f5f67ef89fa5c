/** Pieces of a Markdown document. Sections carry their depth as they are put inside one another. */

/** A heading and what stands under it; headings inside it go one level down. */
export const section = (heading: string, ...parts: readonly string[]): string =>
  [`## ${heading}`, ...parts.map((part) => part.replaceAll(/^(#{2,5}) /gm, '$1# '))].join('\n\n');

/** A section that links find by the same name in every language: its heading's in English, which renderers make an anchor of by themselves. */
export function anchored(english: string, heading: string, ...parts: readonly string[]): string {
  const anchor = english === heading ? '' : `<a id="${english.toLowerCase().replaceAll(' ', '-')}"></a>\n\n`;
  return anchor + section(heading, ...parts);
}

export const bullets = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

export const verbatim = (text: string): string => `\`${text}\``;

/** The same within a table. */
export const code = (text: string): string => verbatim(text.replaceAll('|', '\\|'));

/** Text that ends no table cell and starts no line. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
