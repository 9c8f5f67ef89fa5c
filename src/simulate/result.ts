import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvLine } from '../insights/csv.ts';
import { CHANGES_HEADER, FIRINGS_HEADER } from './firings.ts';
import { firstProblems, type Problem } from './problems.ts';
import { draw, type Sampled, sampleCsv } from './sample.ts';
import { sampleHtml } from './sample-html.ts';
import type { Share } from './shares.ts';
import { type Counts, Tally } from './tally.ts';

/** What two simulations must have in common to be parts of one. */
export interface Identity {
  readonly revision: string;
  /** Revision of the pack compared with. */
  readonly whatIf?: string;
  /** Code systems that are left out. */
  readonly systemsOff: readonly string[];
  readonly seed: string;
  readonly sampleSize: number;
  readonly isAll: boolean;
  /** Types that could not be had. */
  readonly gaps: readonly string[];
  /** What its kinds of orders, its cards, what silences them and what was looked for in charts are called, by name. */
  readonly titles: Readonly<Record<'classes' | 'cards' | 'criteria' | 'data', Readonly<Record<string, string>>>>;
}

/** Everything a report is made of. */
export interface Result {
  readonly identity: Identity;
  readonly share: Share;
  readonly counts: Counts;
  readonly problems: readonly Problem[];
  readonly sample: readonly Sampled[];
}

/** Files of a result. `result.json` is written last: with it, the others are whole. */
export const FILES = {
  result: 'result.json',
  firings: 'firings.csv',
  changes: 'what-if.csv',
  problems: 'problems.csv',
  sampleForm: 'sample.csv',
  samplePage: 'sample.html',
} as const;

/** Puts a result together from its parts, which come in their order, and writes it. */
export class ResultWriter {
  readonly #out: string;
  readonly #identity: Identity;
  readonly #share: Share;
  readonly #tally = new Tally();
  #problems: Problem[] = [];
  #sample: Sampled[] = [];

  constructor(out: string, identity: Identity, share: Share) {
    this.#out = out;
    this.#identity = identity;
    this.#share = share;
    mkdirSync(out, { recursive: true, mode: 0o700 });
    for (const name of Object.values(FILES)) rmSync(join(out, name), { force: true });
    this.#write(FILES.firings, FIRINGS_HEADER);
    if (identity.whatIf !== undefined) this.#write(FILES.changes, CHANGES_HEADER);
  }

  add(part: Pick<Result, 'counts' | 'problems' | 'sample'>, firings: string, changes: string): void {
    this.#tally.addAll(part.counts);
    this.#problems = firstProblems([...this.#problems, ...part.problems]);
    this.#sample = draw([...this.#sample, ...part.sample], this.#identity.sampleSize);
    this.append(firings, changes);
  }

  append(firings: string, changes: string): void {
    if (firings !== '') appendFileSync(join(this.#out, FILES.firings), firings);
    if (changes !== '') appendFileSync(join(this.#out, FILES.changes), changes);
  }

  done(): Result {
    const result: Result = {
      identity: this.#identity,
      share: this.#share,
      counts: this.#tally.counts,
      problems: this.#problems,
      sample: this.#sample,
    };
    this.#write(FILES.sampleForm, sampleCsv(result.sample));
    this.#write(FILES.samplePage, sampleHtml(result.sample, this.#identity));
    const lines = result.problems.map(({ file, line, why }) => csvLine([file, line, why]));
    this.#write(FILES.problems, [csvLine(['file', 'line', 'problem']), ...lines].join(''));
    this.#write(FILES.result, `${JSON.stringify(result)}\n`);
    return result;
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#out, name), text, { mode: 0o600 });
  }
}
