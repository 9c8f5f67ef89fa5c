/** What is counted is named by a few words: `['order', 'ServiceRequest', '2026-03', ...]`. */
export type Key = readonly string[];

/** Counts as they are written to a file: sorted, so that equal counts are equal files. */
export type Counts = readonly (readonly [Key, number])[];

/** Counts by name. Counts of parts, added up in whatever order, are the counts of the whole. */
export class Tally {
  readonly #counts = new Map<string, number>();

  constructor(counts: Counts = []) {
    this.addAll(counts);
  }

  add(key: Key, count = 1): void {
    const name = JSON.stringify(key);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  addAll(counts: Counts): void {
    for (const [key, count] of counts) this.add(key, count);
  }

  get counts(): Counts {
    return [...this.#counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => [JSON.parse(name) as string[], count]);
  }
}
