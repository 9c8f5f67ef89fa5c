import type { Chart } from '../chart/chart.ts';
import type { Entry } from '../chart/entry.ts';
import { type ConceptSet, meets, union } from '../terminology/concept-set.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { Words } from '../terminology/words.ts';

/** Where in an entry a concept may stand. */
export type Place = 'what' | 'reason' | 'site' | 'notes' | 'parts';

/** What the entries of a slice mean altogether. */
interface Sum {
  readonly meant: ConceptSet;
  /** Something may bear any concept: what it is could not be read, or is prose, which is read only when something is sought in it. */
  readonly isOpen: boolean;
}

const NOTHING: readonly Entry[] = [];

/** Which concepts the slices of one chart bear at all. Most facts ask for something that is nowhere in the chart. */
export class SliceIndex {
  readonly #chart: Chart;
  readonly #terminology: Terminology;
  readonly #sums = new Map<string, Map<Place, Sum>>();

  constructor(chart: Chart, terminology: Terminology) {
    this.#chart = chart;
    this.#terminology = terminology;
  }

  /** Every entry of the slice, or none when certainly none of them bears any of the concepts in any of the places. */
  entries(slice: string, places: readonly Place[], concepts: readonly string[]): readonly Entry[] {
    const wanted = this.#terminology.setOf(concepts);
    for (const place of places) {
      const { meant, isOpen } = this.#sumOf(slice, place);
      if (isOpen || meets(meant, wanted)) return this.#chart.entries(slice);
    }
    return NOTHING;
  }

  #sumOf(slice: string, place: Place): Sum {
    let sums = this.#sums.get(slice);
    if (sums === undefined) {
      sums = new Map();
      this.#sums.set(slice, sums);
    }
    let sum = sums.get(place);
    if (sum === undefined) {
      sum = this.#add(this.#chart.entries(slice), place);
      sums.set(place, sum);
    }
    return sum;
  }

  #add(entries: readonly Entry[], place: Place): Sum {
    let meant = this.#terminology.setOf(NO_NAMES);
    let isOpen = false;
    for (const entry of entries) {
      isOpen ||= entry.unread;
      for (const words of wordsIn(entry, place)) {
        if (words.isProse) {
          isOpen = true;
          continue;
        }
        const { holds, unknown } = this.#terminology.meaningOf(words);
        meant = union(union(meant, holds), unknown);
      }
    }
    return { meant, isOpen };
  }
}

const NO_NAMES: readonly string[] = [];

const wordsIn = (entry: Entry, place: Place): readonly Words[] =>
  place === 'parts' ? entry.parts.map(({ what }) => what) : [entry[place]];
