import { type DaySpan, dayOf, isoDay } from '../clinical/dates.ts';
import { type Reading, stateOf } from '../facts/reading.ts';
import type { Headings, Line, Piece, Template } from '../knowledge/types.ts';
import type { Range } from '../logic/range.ts';
import { evaluate, type Read } from '../rules/evaluate.ts';
import { escapeText, link, plain } from './markdown.ts';

/** What wording is filled in with. */
export interface Filling {
  readonly read: Read;
  /** What was ordered, in the client's words, not yet escaped. */
  readonly ordered: string;
  readonly headings: Headings;
}

/** The heading that marks a number of each standing. */
const MARKS = { 'project-choice': 'projectChoice', unverified: 'unverified', 'site-choice': 'siteChoice' } as const;
const LOCALE = 'en-GB';
const DAY = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const MONTH = new Intl.DateTimeFormat(LOCALE, { month: 'short', year: 'numeric', timeZone: 'UTC' });
const NUMBER = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const PLURAL = new Intl.PluralRules(LOCALE);

/** Wording as Markdown: the client's words escaped, sources as links. */
export const fillMarkdown = (template: Template, filling: Filling): string =>
  tidy(
    template
      .map((piece) =>
        pieceText(piece, filling, escapeText, ({ source }) =>
          source.url ? link(source.label, source.url) : source.label,
        ),
      )
      .join(''),
  );

/** Wording as one line of plain text, for summaries, labels and resources. */
export const fillPlain = (template: Template, filling: Filling): string =>
  tidy(template.map((piece) => pieceText(piece, filling, plain, ({ source }) => source.label)).join(''));

/** A line, or nothing where its condition does not hold or it has no form for the fact's state. */
export function fillLine(line: Line, filling: Filling): string | undefined {
  if (line.when !== undefined && evaluate(line.when, filling.read).truth !== 'holds') return undefined;
  const template = line.kind === 'say' ? line.say : line[stateOf(filling.read(line.fact))];
  const text = template === undefined ? '' : fillMarkdown(template, filling);
  return text === '' ? undefined : text;
}

export const fillLines = (lines: readonly Line[], filling: Filling): string =>
  lines.flatMap((line) => fillLine(line, filling) ?? []).join(' ');

/** What an empty piece leaves behind: empty brackets, doubled spaces, and spaces before a comma or full stop. */
const tidy = (text: string): string =>
  text
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll(/ (?=[,.;])/g, '')
    .trim();

function pieceText(
  piece: Piece,
  filling: Filling,
  inert: (text: string) => string,
  cite: (piece: Extract<Piece, { kind: 'cite' }>) => string,
): string {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'cite':
      return cite(piece);
    case 'order':
      return inert(filling.ordered);
    case 'mark':
      return piece.standing === 'sourced' ? '' : `(${filling.headings[MARKS[piece.standing]]})`;
    case 'number':
      return counted(NUMBER.format(piece.value), piece.value, piece.plural);
    case 'fact':
      return piece.of === 'label'
        ? (filling.read(piece.fact).label ?? piece.fact.label)
        : factText(filling.read(piece.fact), piece, filling.headings, inert);
  }
}

function factText(
  reading: Reading,
  { of, plural }: Extract<Piece, { kind: 'fact' }>,
  headings: Headings,
  inert: (text: string) => string,
): string {
  if (of === 'names') return (reading.names?.certain ?? []).map(inert).join(' and ');
  const day = reading.days?.[of];
  if (day !== undefined) return dayText(day);
  const range = of === 'count' ? reading.count : reading.measures[of];
  return range === undefined ? '' : rangeText(range, plural, headings);
}

function rangeText({ min, max }: Range, plural: readonly [string, string] | undefined, headings: Headings): string {
  const text = (value: number) => counted(NUMBER.format(value), value, plural);
  if (min <= 0 && !Number.isFinite(max)) return '';
  if (!Number.isFinite(min) && !Number.isFinite(max)) return '';
  if (min === max) return text(min);
  return Number.isFinite(min) ? `${headings.atLeast} ${text(min)}` : `${headings.atMost} ${text(max)}`;
}

function counted(text: string, value: number, plural: readonly [string, string] | undefined): string {
  if (plural === undefined) return text;
  return `${text} ${PLURAL.select(value) === 'one' ? plural[0] : plural[1]}`;
}

/** A day, or the month or year that a partial date means. */
function dayText({ min, max }: DaySpan): string {
  const date = new Date(`${isoDay(min)}T00:00:00Z`);
  if (min === max) return DAY.format(date);
  const [year = 0, month = 1] = isoDay(min).split('-').map(Number);
  return max === dayOf(year, month + 1, 1) - 1 ? MONTH.format(date) : String(year);
}
