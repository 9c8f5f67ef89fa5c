import { createHash } from 'node:crypto';

/** Markup that is safe to stand in a page. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Child = Html | string | number | false | undefined | readonly Child[];

/** A template in which everything but markup is text. */
export const html = (pieces: TemplateStringsArray, ...children: readonly Child[]): Html =>
  new Html(pieces.reduce((whole, piece, index) => whole + markupOf(children[index - 1]) + piece));

function markupOf(child: Child): string {
  if (child === undefined || child === false) return '';
  if (child instanceof Html) return child.markup;
  if (typeof child === 'number') return child.toLocaleString('en');
  if (typeof child === 'string') return child.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return child.map(markupOf).join('');
}

/** A whole page in one file: it asks no host for anything, and runs no script but its own. */
export function pageOf(title: string, style: string, body: Html, script = ''): string {
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${script === '' ? "'none'" : `'sha256-${hash}'`}; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
${script === '' ? '' : new Html(`<script>${script}</script>`)}
</body>
</html>
`;
  return page.markup;
}

const PIECE =
  /\\(?<escaped>[\\`*_{}[\]()#+\-.!|<>~&])|&(?<entity>amp|lt|gt);|\[(?<label>(?:\\.|[^\]\\])*)\]\((?<url>https?:\/\/[^)\s]*)\)|\*\*(?<bold>(?:\\.|[^*\\])+)\*\*|(?<![\p{L}\p{N}])_(?<italic>(?:\\.|[^_\\])+)_(?![\p{L}\p{N}])/gu;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };

/** The Markdown that cards are written in: paragraphs, lists, bold, italics and links. Everything else is text. */
export const fromMarkdown = (text: string): Html =>
  html`${text.split(/\n{2,}/).map((block) => {
    const lines = block.split('\n').filter((line) => line.trim() !== '');
    if (lines.length === 0) return '';
    return lines.every((line) => line.startsWith('- '))
      ? html`<ul>${lines.map((line) => html`<li>${inline(line.slice(2))}</li>`)}</ul>`
      : html`<p>${inline(lines.join(' '))}</p>`;
  })}`;

function inline(text: string): Child[] {
  const children: Child[] = [];
  let from = 0;
  for (const match of text.matchAll(PIECE)) {
    const { escaped, entity, label, url, bold, italic } = match.groups ?? {};
    children.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (bold !== undefined) children.push(html`<strong>${inline(bold)}</strong>`);
    else if (italic !== undefined) children.push(html`<em>${inline(italic)}</em>`);
    else if (url !== undefined) children.push(html`<a href="${url}" rel="noreferrer">${inline(label ?? '')}</a>`);
    else children.push(escaped ?? ENTITIES[entity ?? '']);
  }
  return [...children, text.slice(from)];
}
