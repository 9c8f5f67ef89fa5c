import { type Html, html } from './html.ts';

/** A part of a bar: `kind` is its colour. */
export interface Part {
  readonly name: string;
  readonly kind: string;
  readonly value: number;
}

/** A bar with its name. */
export interface Bar {
  readonly name: string;
  /** What stands beside the name, in place of the sum of the parts. */
  readonly told?: Html | string;
  readonly parts: readonly Part[];
}

const sumOf = (parts: readonly Part[]): number => parts.reduce((sum, { value }) => sum + value, 0);

/** What the colours mean. */
export const legend = (parts: readonly Omit<Part, 'value'>[]): Html =>
  html`<ul class="legend">${parts.map(({ name, kind }) => html`<li><svg class="key ${kind}" aria-hidden="true"><rect width="100%" height="100%" rx="3"/></svg>${name}</li>`)}</ul>`;

/** Named bars below each other, as long as their parts together; the longest, or `most`, fills the width. */
export function bars(
  rows: readonly Bar[],
  most = Math.max(1, ...rows.map(({ parts }) => sumOf(parts))),
  kind: 'bars' | 'bars many' = 'bars',
): Html {
  const percent = (value: number) => ((value / most) * 100).toFixed(2);
  const bar = ({ name, told, parts }: Bar) => {
    let from = 0;
    const rects = parts.map(({ name: part, kind, value }) => {
      const at = from;
      from += value;
      return value === 0
        ? ''
        : html`<rect class="${kind}" x="${percent(at)}%" width="${percent(value)}%" height="100%"><title>${part}: ${value}</title></rect>`;
    });
    return html`<li><p class="named"><span>${name}</span> <span>${told ?? html`<strong>${sumOf(parts)}</strong>`}</span></p><svg class="bar" aria-hidden="true"><rect class="ground" width="100%" height="100%"/>${rects}</svg></li>`;
  };
  return html`<ul class="${kind}">${rows.map(bar)}</ul>`;
}

const [WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP] = [860, 260, 40, 26, 24, 8];
const LABEL_WIDTH = 62;

/** Columns beside each other, for time. */
export function columns(rows: readonly Bar[], summary: string): Html {
  const tall = Math.max(4, ...rows.map(({ parts }) => sumOf(parts)));
  const tick = tickFor(tall);
  const ticks = Math.ceil(tall / tick);
  const top = ticks * tick;
  // The last name is wider than its column may be.
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, rows.length);
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const every = Math.ceil(LABEL_WIDTH / step);
  const grid = Array.from({ length: ticks + 1 }, (_, index) => index * tick).map(
    (value) =>
      html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(value))}" y2="${at(y(value))}"/><text x="${LEFT - 8}" y="${at(y(value) + 4)}" text-anchor="end">${value}</text>`,
  );
  const column = ({ name, parts }: Bar, index: number) => {
    let from = 0;
    const x = LEFT + step * (index + 0.14);
    const rects = parts.map(({ name: part, kind, value }) => {
      const base = y(from);
      from += value;
      return value === 0
        ? ''
        : html`<rect class="${kind}" x="${at(x)}" y="${at(y(from))}" width="${at(step * 0.72)}" height="${at(base - y(from))}"><title>${name}, ${part}: ${value}</title></rect>`;
    });
    const label =
      index % every === 0
        ? html`<text x="${at(x + step * 0.36)}" y="${HEIGHT - 6}" text-anchor="middle">${name}</text>`
        : '';
    return html`${rects}${label}`;
  };
  return html`<div class="chart" tabindex="0"><svg role="img" aria-label="${summary}" viewBox="0 0 ${WIDTH} ${HEIGHT}"><g class="grid">${grid}</g>${rows.map(column)}</svg></div>`;
}

const at = (value: number): string => value.toFixed(1);

/** A round number of which no more than six make up another. */
function tickFor(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value / 6));
  return [1, 2, 5].map((factor) => factor * unit).find((one) => value / one <= 6 && one >= 1) ?? 10 * unit;
}
