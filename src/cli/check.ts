import type { Config } from '../config.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { KnowledgeProblems } from '../knowledge/problem.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { untestedNumbers } from '../vignettes/nudge.ts';
import { runVignettes, type VignetteResult } from '../vignettes/run.ts';

const VERDICTS = ['holds', 'fails', 'unknown'] as const;

/** Loads a pack, runs its vignettes, and looks for numbers and verdicts that no vignette shows. Prints; true when all is well. */
export function check(
  config: Pick<Config, 'cardsDir' | 'siteParameters' | 'codeSystemsOff'>,
  print: (line: string) => void,
): boolean {
  const options = {
    dir: config.cardsDir,
    systemsOff: config.codeSystemsOff,
    ...(config.siteParameters !== undefined && { siteParameters: config.siteParameters }),
  };
  let knowledge: Knowledge;
  try {
    knowledge = loadKnowledge(options);
  } catch (error) {
    if (!(error instanceof KnowledgeProblems)) throw error;
    print(error.message);
    return false;
  }
  const results = runVignettes(knowledge);
  const problems = [...wrongVignettes(results), ...missingVerdicts(knowledge, results)];
  // A nudged number is compared with what the vignettes come to now, so it says nothing while they are wrong.
  if (problems.length === 0) problems.push(...untestedNumbers(options, knowledge, results));
  for (const problem of problems) print(problem);
  const { cards, parameters, sources } = knowledge;
  print(
    `${cards.length} cards, ${parameters.size} parameters, ${sources.size} sources, ${results.length} vignettes; ${knowledge.revision}`,
  );
  print(problems.length === 0 ? 'All well.' : `${problems.length} problem${problems.length === 1 ? '' : 's'}.`);
  return problems.length === 0;
}

/** Vignettes that come to something else than they say. */
export const wrongVignettes = (results: readonly VignetteResult[]): string[] =>
  results.flatMap(({ file, vignette, actual }) =>
    actual === vignette.expect ? [] : [`${file}  "${vignette.name}"  expected ${vignette.expect}, came to ${actual}`],
  );

/** Active cards whose vignettes do not show their condition holding, failing and unknown. */
export const missingVerdicts = (knowledge: Knowledge, results: readonly VignetteResult[]): string[] =>
  knowledge.cards
    .filter(({ status }) => status === 'active')
    .flatMap(({ id, file }) => {
      const shown = new Set(results.filter(({ card }) => card === id).map(({ when }) => when));
      const missing = VERDICTS.filter((verdict) => !shown.has(verdict));
      return missing.length === 0
        ? []
        : [`${file}  no vignette of "${id}" in which its condition comes to: ${missing.join(', ')}`];
    });
