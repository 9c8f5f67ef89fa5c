import type { ValueSet } from 'fhir/r4.js';
import { readKnowledgeFiles } from '../knowledge/files.ts';
import { canonicalSystem } from '../terminology/systems.ts';

/** The value sets of a sound knowledge folder as they stand there, without the code systems that a site leaves out. */
export function valueSetsIn(dir: string, systemsOff: readonly string[]): ValueSet[] {
  const off = new Set(systemsOff);
  return readKnowledgeFiles(dir)
    .files.filter(({ kind }) => kind === 'value-set')
    .map(({ value }) => value as ValueSet)
    .map((valueSet) => {
      const include = valueSet.compose?.include.filter(({ system }) => !off.has(canonicalSystem(system ?? ''))) ?? [];
      return { ...valueSet, compose: { ...valueSet.compose, include } };
    })
    .filter(({ compose }) => compose.include.length > 0);
}
