import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chart } from '../../src/chart/chart.ts';
import { type Place, SliceIndex } from '../../src/facts/slice-index.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { rows, slicesOf } from './charts.ts';

const knowledge = loadKnowledge({ dir: 'cards', skipsVignettes: true });
const { terminology, slices } = knowledge;
const NAMES = [...terminology.concepts.keys()];
const PLACES: readonly Place[] = ['what', 'reason', 'site', 'notes', 'parts'];

test('the index of a slice leaves out entries only where none of them bears any of the concepts', () => {
  let [kept, left] = [0, 0];
  fc.assert(
    fc.property(
      rows,
      fc.subarray([...PLACES], { minLength: 1 }),
      fc.subarray(NAMES, { minLength: 1, maxLength: 3 }),
      (chosen, places, concepts) => {
        const chart = new Chart(slicesOf(knowledge, chosen, {}));
        const index = new SliceIndex(chart, terminology);
        for (const slice of slices.keys()) {
          const all = chart.entries(slice);
          const given = index.entries(slice, places, concepts);
          expect(given).toEqual(all.filter((entry) => given.includes(entry)));
          const out = all.filter((entry) => !given.includes(entry));
          const words = out.flatMap((entry) =>
            places.flatMap((place) => (place === 'parts' ? entry.parts.map(({ what }) => what) : [entry[place]])),
          );
          expect(words.filter((one) => terminology.bearsAny(one, concepts) !== 'fails')).toEqual([]);
          if (given.length > 0 && out.length > 0) kept += 1;
          else if (out.length > 0) left += 1;
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(Math.min(kept, left)).toBeGreaterThan(10);
});
