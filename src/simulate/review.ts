import { VERDICTS } from './sample.ts';
import { SimulationProblem } from './simulation-problem.ts';

/** How reviewers judged the cards of a sample. */
export interface Review {
  readonly cards: readonly {
    readonly card: string;
    readonly verdicts: Readonly<Record<string, number>>;
    readonly open: number;
  }[];
  /** Verdicts that are none, with their line in the file. */
  readonly strange: readonly { readonly line: number; readonly verdict: string }[];
}

/**
 * Counts the verdicts of a filled-in form.
 * @throws SimulationProblem when it is not such a form
 */
export function readReview(text: string): Review {
  const [header = [], ...rows] = readCsv(text);
  const [verdictAt, cardAt] = [header.indexOf('verdict'), header.indexOf('card')];
  if (verdictAt < 0 || cardAt < 0)
    throw new SimulationProblem('This is no sample: it needs the columns "verdict" and "card".');
  const answers = rows
    .map((row, index) => ({
      line: index + 2,
      card: row[cardAt] ?? '',
      verdict: (row[verdictAt] ?? '').trim().toLowerCase(),
    }))
    .filter(({ card }) => card !== '');
  const isKnown = (verdict: string) => verdict === '' || VERDICTS.some((one) => one === verdict);
  const names = [...new Set(answers.map(({ card }) => card))].sort();
  return {
    cards: names.map((card) => {
      const own = answers.filter((one) => one.card === card);
      const of = (verdict: string) => own.filter((one) => one.verdict === verdict).length;
      return { card, verdicts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, of(verdict)])), open: of('') };
    }),
    strange: answers.filter(({ verdict }) => !isKnown(verdict)).map(({ line, verdict }) => ({ line, verdict })),
  };
}

/** The counts as a table of Markdown. */
export function reviewMarkdown({ cards, strange }: Review): string {
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
    ({ line: number, verdict }) => `Record ${number}: "${verdict}" is not one of ${VERDICTS.join(', ')}.`,
  );
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
