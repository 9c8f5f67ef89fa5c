import type { Chart } from '../chart/chart.ts';
import type { Entry } from '../chart/entry.ts';
import { type ConceptSet, meets, union } from '../terminology/concept-set.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { Words } from '../terminology/words.ts';

/** Where in an entry a concept may stand. */
export type Place = 'what' | 'reason' | 'site' | 'notes' | 'parts';

/** What an entry may mean; undefined when that may be anything: what it is could not be read, or is prose, which is read only when something is sought in it. */
type Meant = ConceptSet | undefined;

/** What the entries of a slice may mean, one by one and altogether. */
interface Sum {
  readonly each: readonly Meant[];
  readonly all: Meant;
}

const NOTHING: readonly Entry[] = [];

/** Which concepts the entries of one chart bear. Most facts ask for something that is nowhere in the chart. */
export class SliceIndex {
  readonly #chart: Chart;
  readonly #terminology: Terminology;
  readonly #sums = new Map<string, Map<Place, Sum>>();

  constructor(chart: Chart, terminology: Terminology) {
    this.#chart = chart;
    this.#terminology = terminology;
  }

  /** The entries of the slice, in their order, without those that certainly bear none of the concepts in any of the places. */
  entries(slice: string, places: readonly Place[], concepts: readonly string[]): readonly Entry[] {
    const wanted = this.#terminology.setOf(concepts);
    if (!places.some((place) => mayMeet(this.#sumOf(slice, place).all, wanted))) return NOTHING;
    const sums = places.map((place) => this.#sumOf(slice, place));
    return this.#chart.entries(slice).filter((_, at) => sums.some(({ each }) => mayMeet(each[at], wanted)));
  }

  #sumOf(slice: string, place: Place): Sum {
    let sums = this.#sums.get(slice);
    if (sums === undefined) {
      sums = new Map();
      this.#sums.set(slice, sums);
    }
    let sum = sums.get(place);
    if (sum === undefined) {
      const each = this.#chart.entries(slice).map((entry) => this.#meant(entry, place));
      sum = { each, all: each.reduce(join, this.#terminology.setOf(NO_NAMES)) };
      sums.set(place, sum);
    }
    return sum;
  }

  #meant(entry: Entry, place: Place): Meant {
    if (entry.unread) return undefined;
    return place === 'parts'
      ? entry.parts.map(({ what }) => this.#mayMean(what)).reduce(join)
      : this.#mayMean(entry[place]);
  }

  #mayMean(words: Words): Meant {
    return words.prose === undefined ? this.#terminology.mayMean(words) : undefined;
  }
}

const NO_NAMES: readonly string[] = [];

const mayMeet = (meant: Meant, wanted: ConceptSet): boolean => meant === undefined || meets(meant, wanted);

const join = (a: Meant, b: Meant): Meant => (a === undefined || b === undefined ? undefined : union(a, b));
