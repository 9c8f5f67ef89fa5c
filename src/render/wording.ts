import { type DaySpan, dayOf, daysAfter, isoDay } from '../clinical/dates.ts';
import { type Reading, stateOf } from '../facts/reading.ts';
import type { Headings, Knowledge, Line, Piece, Template } from '../knowledge/types.ts';
import type { Range } from '../logic/range.ts';
import { type Read, truthOf } from '../rules/evaluate.ts';
import { escapeText, link, plain } from './markdown.ts';

/** What wording is filled in with. */
export interface Filling {
  readonly read: Read;
  /** What was ordered, in the client's words, not yet escaped. */
  readonly ordered: string;
  readonly language: Pick<Knowledge, 'locale' | 'headings' | 'words'>;
  /** Day number. */
  readonly today: number;
}

/** The heading that marks a number of each standing. */
export const MARKS = {
  'project-choice': 'projectChoice',
  unverified: 'unverified',
  'site-choice': 'siteChoice',
} as const;

/** How a locale writes days, numbers and lists. */
interface Forms {
  readonly day: Intl.DateTimeFormat;
  readonly month: Intl.DateTimeFormat;
  readonly number: Intl.NumberFormat;
  readonly plural: Intl.PluralRules;
  readonly list: Intl.ListFormat;
  readonly decimalSeparator: string;
  /** Days and counts that were written before: the same few come again and again. */
  readonly written: Map<number, string>;
  readonly counted: Map<number, Counted>;
}

interface Counted {
  readonly text: string;
  readonly isOne: boolean;
}

const MOST_WRITTEN = 10_000;

/** What `write` makes of a value, remembered. */
function remembered<T>(known: Map<number, T>, value: number, write: (value: number) => T): T {
  let written = known.get(value);
  if (written === undefined) {
    written = write(value);
    if (known.size >= MOST_WRITTEN) known.clear();
    known.set(value, written);
  }
  return written;
}

const formsByLocale = new Map<string, Forms>();

function formsOf(locale: string): Forms {
  const known = formsByLocale.get(locale);
  if (known !== undefined) return known;
  const tag = locale === 'en' ? 'en-GB' : locale;
  const forms: Forms = {
    day: new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }),
    month: new Intl.DateTimeFormat(tag, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
    number: new Intl.NumberFormat(tag, { maximumFractionDigits: 1 }),
    plural: new Intl.PluralRules(tag),
    list: new Intl.ListFormat(tag),
    decimalSeparator:
      new Intl.NumberFormat(tag).formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.',
    written: new Map(),
    counted: new Map(),
  };
  formsByLocale.set(locale, forms);
  return forms;
}

/** Wording as Markdown: the client's words escaped, sources as links. */
export const fillMarkdown = (template: Template, filling: Filling): string =>
  fixedText(template) ??
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
  fixedText(template) ??
  tidy(template.map((piece) => pieceText(piece, filling, plain, ({ source }) => source.label)).join(''));

const fixed = new WeakMap<Template, string>();

/** Wording without a gap to fill, such as the codes of a resource, is the same in every card. */
function fixedText(template: Template): string | undefined {
  const known = fixed.get(template);
  if (known !== undefined || !template.every(({ kind }) => kind === 'text')) return known;
  const text = tidy(template.map((piece) => (piece.kind === 'text' ? piece.text : '')).join(''));
  fixed.set(template, text);
  return text;
}

/** A line, or nothing where its condition does not hold or it has no form for the fact's state. */
export function fillLine(line: Line, filling: Filling): string | undefined {
  if (line.when !== undefined && truthOf(line.when, filling.read) !== 'holds') return undefined;
  const template = line.kind === 'say' ? line.say : line[stateOf(filling.read(line.fact))];
  const text = template === undefined ? '' : fillMarkdown(template, filling);
  return text === '' ? undefined : text;
}

export const fillLines = (lines: readonly Line[], filling: Filling): string =>
  lines.flatMap((line) => fillLine(line, filling) ?? []).join(' ');

/** Takes away what an empty piece leaves behind: doubled spaces, and spaces before a comma, full stop or semicolon. */
export const tidy = (text: string): string =>
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
  const { headings, locale, words } = filling.language;
  const forms = formsOf(locale);
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'cite':
      return cite(piece);
    case 'order':
      return inert(filling.ordered);
    case 'mark':
      return piece.standing === 'sourced' ? '' : `(${headings[MARKS[piece.standing]]})`;
    case 'day':
      return isoDay(piece.ahead === undefined ? filling.today : daysAfter(filling.today, piece.ahead));
    case 'number':
      return counted(piece.value, piece.plural, forms);
    case 'figure':
      return String(piece.value).replaceAll(/(?<=\d)\.(?=\d)/g, forms.decimalSeparator);
    case 'fact':
      return piece.of === 'label'
        ? labelOf(filling.read(piece.fact), piece.fact.label, words)
        : factText(filling.read(piece.fact), piece, filling.language, inert);
  }
}

const labelOf = ({ label }: Reading, otherwise: string, words: Knowledge['words']): string =>
  label === undefined ? otherwise : (words.get(label) ?? label);

function factText(
  reading: Reading,
  { of, plural }: Extract<Piece, { kind: 'fact' }>,
  { locale, headings, words }: Filling['language'],
  inert: (text: string) => string,
): string {
  const forms = formsOf(locale);
  if (of === 'names')
    return forms.list.format((reading.names?.certain ?? []).map((name) => words.get(name) ?? inert(name)));
  const day = reading.days?.[of];
  if (day !== undefined) return dayText(day, forms);
  const range = of === 'count' ? reading.count : reading.measures[of];
  return range === undefined ? '' : rangeText(range, plural, headings, forms);
}

function rangeText(
  { min, max }: Range,
  plural: readonly [string, string] | undefined,
  headings: Headings,
  forms: Forms,
): string {
  const text = (value: number) => counted(value, plural, forms);
  if (min <= 0 && !Number.isFinite(max)) return '';
  if (!Number.isFinite(min) && !Number.isFinite(max)) return '';
  if (min === max) return text(min);
  return Number.isFinite(min) ? `${headings.atLeast} ${text(min)}` : `${headings.atMost} ${text(max)}`;
}

function counted(value: number, plural: readonly [string, string] | undefined, forms: Forms): string {
  // a minus before nothing is nothing: the two zeros are one key
  const { text, isOne } = remembered(forms.counted, value + 0, (one) => ({
    text: forms.number.format(one),
    isOne: forms.plural.select(one) === 'one',
  }));
  if (plural === undefined) return text;
  return `${text} ${isOne ? plural[0] : plural[1]}`;
}

/** A day, or the month or year that a partial date means. */
function dayText({ min, max }: DaySpan, forms: Forms): string {
  const date = () => new Date(`${isoDay(min)}T00:00:00Z`);
  if (min === max) return remembered(forms.written, min, () => forms.day.format(date()));
  const [year = 0, month = 1] = isoDay(min).split('-').map(Number);
  return max === dayOf(year, month + 1, 1) - 1 ? forms.month.format(date()) : String(year);
}
