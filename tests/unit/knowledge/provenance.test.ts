import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Extension, ValueSet } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import { valueSetsIn } from '../../../src/export/value-sets.ts';
import { VERIFIED } from '../../../src/knowledge/link/terms.ts';

const SOURCE = 'https://rehab-first.org/fhir/StructureDefinition/source';
/** What only whoever collected the codes would understand. */
const JARGON =
  /code index|index ids?\b|own knowledge|opened source|UNVERIFIED|display given|sister file|forum thread|community code/;
const UNCONFIRMED = 'not confirmed in a public source';

const provenanceOf = ({ id, compose }: ValueSet) =>
  (compose?.include ?? []).flatMap(({ concept = [], filter = [] }) =>
    [...concept, ...filter].map((one) => {
      const extension: readonly Extension[] = one.extension ?? [];
      const find = (wanted: string) => extension.find(({ url }) => url === wanted);
      return {
        name: `${id}|${'code' in one ? one.code : one.value}`,
        source: find(SOURCE)?.valueString ?? '',
        isVerified: find(VERIFIED)?.valueBoolean !== false,
      };
    }),
  );

describe('where the codes of the pack come from', () => {
  const all = valueSetsIn('cards', []).flatMap(provenanceOf);

  test('is said in words that a reader from outside understands', () => {
    const files = readdirSync('cards', { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(?:json|ya?ml|md)$/.test(name),
    );
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((name) => JARGON.test(readFileSync(join('cards', name), 'utf8')))).toEqual([]);
  });

  test('is said of every code and stem', () => {
    expect(all.length).toBeGreaterThan(600);
    expect(all.filter(({ source }) => source === '')).toEqual([]);
  });

  test('where it is said that nothing confirms a code, the code is marked so', () => {
    const unconfirmed = all.filter(({ source }) => source.includes(UNCONFIRMED));
    expect(unconfirmed.length).toBeGreaterThan(0);
    expect(unconfirmed.filter(({ isVerified }) => isVerified)).toEqual([]);
  });
});
