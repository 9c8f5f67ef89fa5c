import { type CsvValue, csvLine } from '../insights/csv.ts';
import type { Firing } from './firings.ts';
import { numberOf } from './shares.ts';

/** A firing drawn for review, and why it fired. */
export interface Sampled {
  readonly rank: number;
  readonly firing: Firing;
  readonly explanation: string;
}

/** Draws a random sample of a fixed size, the same for a seed however the firings are spread over parts and machines. */
export class Sampler {
  readonly #seed: string;
  readonly #size: number;
  #drawn: Sampled[] = [];

  constructor(seed: string, size: number) {
    this.#seed = seed;
    this.#size = size;
  }

  offer(firing: Firing, explain: () => string): void {
    const rank = numberOf(`${this.#seed} ${firing.patient} ${firing.order}`);
    const last = this.#drawn.at(-1);
    if (this.#drawn.length >= this.#size && (last === undefined || rank > last.rank)) return;
    this.#drawn = draw([...this.#drawn, { rank, firing, explanation: explain() }], this.#size);
  }

  get sample(): readonly Sampled[] {
    return this.#drawn;
  }
}

/** The sample of all that parts have drawn. */
export const draw = (drawn: readonly Sampled[], size: number): Sampled[] =>
  [...drawn]
    .sort(
      (a, b) =>
        a.rank - b.rank || compare(a.firing.patient, b.firing.patient) || compare(a.firing.order, b.firing.order),
    )
    .slice(0, size);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a reviewer may write in the column `verdict`. */
export const VERDICTS = ['right', 'wrong', 'unsure'] as const;
const COLUMNS = ['number', 'verdict', 'comment', 'patient', 'order', 'date', 'card', 'outcome', 'indicator', 'summary'];

/** The sample as a form: a line each, with a column for the verdict. */
export const sampleCsv = (sample: readonly Sampled[]): string =>
  [COLUMNS, ...sample.map(({ firing }, index) => cellsOf(firing, index))].map(csvLine).join('');

const cellsOf = ({ patient, order, date, card, outcome, indicator, summary }: Firing, index: number): CsvValue[] => [
  index + 1,
  '',
  '',
  patient,
  order,
  date,
  card,
  outcome,
  indicator,
  summary,
];

/** The same with everything that led to each card. */
export function sampleMarkdown(sample: readonly Sampled[]): string {
  const parts = sample.map(
    ({ firing: { patient, order, date }, explanation }, index) =>
      `## ${index + 1}\n\nPatient \`${patient}\`, \`${order}\`, ${date}\n\n${fenced(explanation)}`,
  );
  const how = `Write ${VERDICTS.join(', ')} into the column \`verdict\` of \`sample.csv\`, then run \`rehab-first simulate review sample.csv\`.`;
  return `${['# Cards to review', how, ...parts].join('\n\n')}\n`;
}

/** A fence longer than any inside, so that what a chart says stays text. */
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}text\n${text.trim()}\n${fence}`;
}
