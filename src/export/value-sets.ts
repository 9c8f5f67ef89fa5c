import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValueSet } from 'fhir/r4.js';
import { canonicalSystem } from '../terminology/systems.ts';

/** The value sets of a sound knowledge folder as they stand there, without the code systems that a site leaves out. */
export function valueSetsIn(dir: string, systemsOff: readonly string[]): ValueSet[] {
  const off = new Set(systemsOff);
  const folder = join(dir, 'value-sets');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ValueSet)
    .map((valueSet) => {
      const include = valueSet.compose?.include.filter(({ system }) => !off.has(canonicalSystem(system ?? ''))) ?? [];
      return { ...valueSet, compose: { ...valueSet.compose, include } };
    })
    .filter(({ compose }) => compose.include.length > 0);
}
