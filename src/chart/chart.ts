import type { RawResource } from '../cds-hooks/types.ts';
import { string } from '../logic/json.ts';
import { type Entry, entriesOf } from './entry.ts';
import type { Slice } from './slice.ts';

/**
 * One patient's slices for one call. Entries of a slice are read when a fact first asks and remembered for the call; nothing else is
 * mutable, and the order of resources cannot matter to a fact.
 */
export class Chart {
  readonly #slices: ReadonlyMap<string, Slice>;
  readonly #entries = new Map<string, readonly Entry[]>();
  #medications: ReadonlyMap<string, RawResource> | undefined;

  constructor(slices: ReadonlyMap<string, Slice>) {
    this.#slices = slices;
  }

  slice(name: string): Slice {
    return this.#slices.get(name) ?? { state: 'unavailable', reason: 'not asked for' };
  }

  /** The resources of a slice as they came; none when it is unavailable. */
  resources(name: string): readonly RawResource[] {
    const slice = this.slice(name);
    return slice.state === 'unavailable' ? [] : slice.resources;
  }

  /** What a slice says, void entries left out. */
  entries(name: string): readonly Entry[] {
    let entries = this.#entries.get(name);
    if (entries === undefined) {
      entries = this.resources(name)
        .flatMap((resource) => entriesOf(resource, (reference) => this.#medication(reference)))
        .filter(({ standing }) => standing !== 'void');
      this.#entries.set(name, entries);
    }
    return entries;
  }

  #medication(reference: string): RawResource | undefined {
    if (this.#medications === undefined) {
      const found = new Map<string, RawResource>();
      for (const slice of this.#slices.values()) {
        if (slice.state === 'unavailable') continue;
        for (const one of slice.included)
          if (one.resourceType === 'Medication') found.set(`Medication/${string(one.id) ?? ''}`, one);
      }
      this.#medications = found;
    }
    return this.#medications.get(reference.split('/').slice(-2).join('/'));
  }
}
