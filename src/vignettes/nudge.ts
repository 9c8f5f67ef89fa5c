import { type KnowledgeOptions, prepareKnowledge } from '../knowledge/load.ts';
import type { Knowledge, Parameter } from '../knowledge/types.ts';
import { decidingParameters, eachVignette, type VignetteResult } from './run.ts';

/**
 * Numbers that could be changed by one step, up or down, without any vignette noticing. A number that no vignette notices is a number
 * that nobody tests.
 */
export function untestedNumbers(
  options: KnowledgeOptions,
  knowledge: Knowledge,
  results: readonly VignetteResult[],
): string[] {
  const link = prepareKnowledge(options);
  const now = results.map(({ actual }) => actual);
  return decidingParameters(knowledge).flatMap((parameter) =>
    [stepOf(parameter), -stepOf(parameter)].flatMap((step) => {
      const value = Number((parameter.value + step).toFixed(6));
      const nudged = eachVignette(link(new Map([[parameter.name, value]])));
      const isNoticed = differs(nudged, now);
      return isNoticed
        ? []
        : [`no vignette notices "${parameter.name}" moved from ${parameter.value} to ${value} ${parameter.unit}`];
    }),
  );
}

const stepOf = ({ value }: Parameter): number => (Number.isInteger(value) ? 1 : 0.1);

function differs(results: Iterable<VignetteResult>, expected: readonly string[]): boolean {
  let index = 0;
  for (const { actual } of results) if (actual !== expected[index++]) return true;
  return false;
}
