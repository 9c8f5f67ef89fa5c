import { VERDICTS } from './sample.ts';
import { SimulationProblem } from './simulation-problem.ts';

/** How reviewers judged the cards of a sample. */
export interface Review {
  readonly cards: readonly {
    readonly card: string;
    readonly verdicts: Readonly<Record<string, number>>;
    readonly open: number;
  }[];
  /** Cards that several reviewers judged, and of how many of them all said the same. */
  readonly shared: { readonly cards: number; readonly agreed: number };
  /** Verdicts that are none, with their record in their file. */
  readonly strange: readonly { readonly file: number; readonly record: number; readonly verdict: string }[];
}

interface Answer {
  readonly file: number;
  readonly record: number;
  readonly about: string;
  readonly card: string;
  readonly verdict: string;
}

/**
 * Counts the verdicts of filled-in forms, one for each reviewer.
 * @throws SimulationProblem when one is not such a form
 */
export function readReview(forms: readonly string[]): Review {
  const answers = forms.flatMap((text, index) => answersOf(text, index + 1));
  const isKnown = (verdict: string) => VERDICTS.some((one) => one === verdict);
  const names = [...new Set(answers.map(({ card }) => card))].sort();
  const byCard = new Map<string, string[]>();
  for (const { about, verdict } of answers)
    if (isKnown(verdict)) byCard.set(about, [...(byCard.get(about) ?? []), verdict]);
  const shared = [...byCard.values()].filter((verdicts) => verdicts.length > 1);
  return {
    cards: names.map((card) => {
      const own = answers.filter((one) => one.card === card);
      const of = (verdict: string) => own.filter((one) => one.verdict === verdict).length;
      return { card, verdicts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, of(verdict)])), open: of('') };
    }),
    shared: { cards: shared.length, agreed: shared.filter((verdicts) => new Set(verdicts).size === 1).length },
    strange: answers
      .filter(({ verdict }) => verdict !== '' && !isKnown(verdict))
      .map(({ file, record, verdict }) => ({ file, record, verdict })),
  };
}

function answersOf(text: string, file: number): Answer[] {
  const [header = [], ...rows] = readCsv(text);
  const at = (name: string) => header.indexOf(name);
  if (at('verdict') < 0 || at('card') < 0)
    throw new SimulationProblem('This is no sample: it needs the columns "verdict" and "card".');
  return rows
    .map((row, index) => ({
      file,
      record: index + 2,
      about: ['number', 'patient', 'order'].map((name) => row[at(name)] ?? '').join(' '),
      card: row[at('card')] ?? '',
      verdict: (row[at('verdict')] ?? '').trim().toLowerCase(),
    }))
    .filter(({ card }) => card !== '');
}

/** The counts as a table of Markdown. */
export function reviewMarkdown({ cards, shared, strange }: Review): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const row = ({ card, verdicts, open }: Omit<Review['cards'][number], 'card'> & { card: string }) =>
    line([card, ...VERDICTS.map((verdict) => verdicts[verdict] ?? 0), open]);
  const total = {
    card: '**all**',
    verdicts: Object.fromEntries(
      VERDICTS.map((one) => [one, cards.reduce((sum, { verdicts }) => sum + (verdicts[one] ?? 0), 0)]),
    ),
    open: cards.reduce((sum, { open }) => sum + open, 0),
  };
  const lines = [
    line(['card', ...VERDICTS, 'open']),
    `|${' --- |'.repeat(VERDICTS.length + 2)}`,
    ...[...cards, total].map(row),
  ];
  const notes = strange.map(
    ({ file, record, verdict }) => `File ${file}, record ${record}: "${verdict}" is not one of ${VERDICTS.join(', ')}.`,
  );
  if (shared.cards > 0)
    notes.unshift(`Judged by more than one reviewer: ${shared.cards}; all of one mind: ${shared.agreed}.`);
  return `${[lines.join('\n'), ...notes].join('\n\n')}\n`;
}

/** Records of CSV (RFC 4180), with commas, semicolons or tabs between cells, as spreadsheets write it. */
export function readCsv(text: string): string[][] {
  const clean = text.replace(/^\uFEFF/, '');
  const separator = /^[^\r\n"]*?([,;\t])/.exec(clean)?.[1] ?? ',';
  const records: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  for (let index = 0; index < clean.length; index += 1) {
    const sign = clean[index];
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (clean[index + 1] === '"') cell += clean[++index];
      else isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === separator || sign === '\n') {
      records.at(-1)?.push(cell);
      cell = '';
      if (sign === '\n') records.push([]);
    } else if (sign !== '\r') cell += sign;
  }
  records.at(-1)?.push(cell);
  return records.filter((record) => record.length > 1 || record[0] !== '');
}
