import type { ComponentChildren } from 'preact';

/**
 * The Markdown that cards and the sign-off document are written in, as elements: paragraphs, lists, tables, headings, bold, italics, code and
 * links. Everything else, HTML too, is text; a link goes to https, http, this site or this page, or is no link.
 */
export function Markdown({ text }: { readonly text: string }) {
  return <>{blocksOf(text).map((block, index) => blockOf(block, index))}</>;
}

/** Markdown within a line. */
export function Inline({ text }: { readonly text: string }) {
  return <>{inline(text)}</>;
}

const blocksOf = (text: string): string[] => text.split(/\n{2,}/).filter((block) => block.trim() !== '');

function blockOf(block: string, key: number) {
  const lines = block.split('\n');
  if (lines.every((line) => line.startsWith('|'))) return <MarkdownTable lines={lines} key={key} />;
  if (lines.every((line) => /^(?: {2})?- /.test(line))) return <Bullets lines={lines} key={key} />;
  return <p key={key}>{inline(lines.join(' '))}</p>;
}

/** A list, whose items may have lists of their own. */
function Bullets({ lines }: { readonly lines: readonly string[] }) {
  const items = lines.join('\n').split(/^- /m).slice(1);
  return (
    <ul class="bullets">
      {items.map((item) => {
        const [own = '', ...below] = item.trimEnd().split('\n');
        return (
          <li key={item}>
            {inline(own)}
            {below.length > 0 && <Bullets lines={below.map((line) => line.slice(2))} />}
          </li>
        );
      })}
    </ul>
  );
}

/** Columns that have room beside one another wherever there is some. */
const FEW = 4;

function MarkdownTable({ lines }: { readonly lines: readonly string[] }) {
  const [heads = [], , ...rows] = lines.map(cellsOf);
  return (
    <table class={heads.length > FEW ? 'wide' : 'wide few'}>
      <thead>
        <tr>
          {heads.map((head) => (
            <th scope="col" key={head}>
              {inline(head)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells) => (
          <tr key={cells.join('|')}>
            {cells.map((cell, at) =>
              at === 0 ? (
                <th scope="row" key={heads[at]}>
                  {inline(cell)}
                </th>
              ) : (
                <td data-label={heads[at]} key={heads[at]}>
                  {markOr(cell)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is bold as a whole is a mark. */
function markOr(cell: string): ComponentChildren {
  const mark = /^\*\*([^*]+)\*\*$/.exec(cell)?.[1];
  return mark === undefined ? inline(cell) : <span class="badge warn">{inline(mark)}</span>;
}

/** Cells between bars that are not escaped. */
const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

const PIECE =
  /\\(?<escaped>[\\`*_{}[\]()#+\-.!|<>~&])|&(?<entity>amp|lt|gt);|`(?<code>[^`]+)`|\[(?<label>(?:\\.|[^\]\\])*)\]\((?<url>[^)\s]*)\)|\*\*(?<bold>(?:\\.|[^*\\])+)\*\*|(?<![\p{L}\p{N}])_(?<italic>(?:\\.|[^_\\])+)_(?![\p{L}\p{N}])/gu;

function inline(text: string): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(PIECE)) {
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push(pieceOf(match.groups ?? {}, match.index));
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** An id that may be broken after its dots and hyphens, and nowhere else. */
const breakable = (id: string): ComponentChildren[] =>
  id.split(/(?<=[.-])(?=\p{L})/u).flatMap((piece, index) => (index === 0 ? [piece] : [<wbr key={index} />, piece]));

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };

function pieceOf({ escaped, entity, code, label, url, bold, italic }: Readonly<Record<string, string>>, key: number) {
  if (escaped !== undefined) return escaped;
  if (entity !== undefined) return ENTITIES[entity];
  if (code !== undefined) return <code key={key}>{breakable(code.replaceAll('\\|', '|'))}</code>;
  if (bold !== undefined) return <strong key={key}>{inline(bold)}</strong>;
  if (italic !== undefined) return <em key={key}>{inline(italic)}</em>;
  return <SafeLink url={url ?? ''} label={inline(label ?? '')} key={key} />;
}

/** A link that may be followed, or only its label. Other sites open beside this one and are not told where one came from. */
export function SafeLink({ url, label }: { readonly url: string; readonly label: ComponentChildren }) {
  if (!isSafe(url)) return <>{label}</>;
  if (/^[#/]/.test(url)) return <a href={url}>{label}</a>;
  return (
    <a href={url} target="_blank" rel="noreferrer">
      {label}
    </a>
  );
}

/** Whether a link may be followed. */
const isSafe = (url: string): boolean => /^(?:https?:\/\/|#|\/(?!\/))/i.test(url);
