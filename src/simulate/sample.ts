import { type CsvValue, csvLine } from '../insights/csv.ts';
import type { Firing } from './firings.ts';
import { numberOf } from './shares.ts';

/** The card of a firing as a doctor reads it, and everything that led to it. */
export interface Explanation {
  readonly detail: string;
  readonly source: string;
  readonly suggestions: readonly string[];
  readonly why: string;
}

/** A firing drawn for review, and why it fired. */
export interface Sampled {
  readonly rank: number;
  readonly firing: Firing;
  readonly explanation: Explanation;
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

  offer(firing: Firing, explain: () => Explanation): void {
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
export const COLUMNS = [
  'number',
  'verdict',
  'comment',
  'patient',
  'order',
  'date',
  'card',
  'outcome',
  'indicator',
  'summary',
];

/** The sample as a form: a line each, with a column for the verdict. */
export const sampleCsv = (sample: readonly Sampled[]): string => [COLUMNS, ...formOf(sample)].map(csvLine).join('');

/** The lines of the form, without their heads. */
export const formOf = (sample: readonly Sampled[]): CsvValue[][] =>
  sample.map(({ firing }, index) => cellsOf(firing, index));

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
