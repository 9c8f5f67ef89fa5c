import type { Config } from '../config.ts';
import { type KnowledgeOptions, loadKnowledge } from '../knowledge/load.ts';
import { KnowledgeProblems } from '../knowledge/problem.ts';
import type { Condition, Knowledge } from '../knowledge/types.ts';
import { LONGEST_SUMMARY, summaryOf } from '../render/card.ts';
import { signOffDocument } from '../sign-off/document.ts';
import { untestedNumbers } from '../vignettes/nudge.ts';
import { runVignettes, type VignetteResult } from '../vignettes/run.ts';

const VERDICTS = ['holds', 'fails', 'unknown'] as const;

/** Prints the whole pack as a document to sign. @throws KnowledgeProblems */
export function printPack(config: PackConfig, print: (line: string) => void): void {
  print(signOffDocument(loadKnowledge(optionsOf(config))).trimEnd());
}

type PackConfig = Pick<Config, 'cardsDir' | 'siteParameters' | 'codeSystemsOff'>;

const optionsOf = ({ cardsDir, siteParameters, codeSystemsOff }: PackConfig): KnowledgeOptions => ({
  dir: cardsDir,
  systemsOff: codeSystemsOff,
  ...(siteParameters !== undefined && { siteParameters }),
});

/** Loads a pack, runs its vignettes, and looks for numbers and verdicts that no vignette shows. Prints; true when all is well. */
export function check(config: PackConfig, print: (line: string) => void): boolean {
  let knowledge: Knowledge;
  try {
    knowledge = loadKnowledge(optionsOf(config));
  } catch (error) {
    if (!(error instanceof KnowledgeProblems)) throw error;
    print(error.message);
    return false;
  }
  const results = runVignettes(knowledge);
  const wrong = wrongVignettes(results);
  const problems =
    wrong.length > 0
      ? wrong
      : [
          ...missingVerdicts(knowledge, results),
          ...longSummaries(results, knowledge),
          ...translatedSummaries(knowledge),
        ];
  // A nudged number is compared with what the vignettes come to now, so it says nothing while they are wrong.
  if (problems.length === 0) problems.push(...untestedNumbers(knowledge, results));
  for (const problem of problems) print(problem);
  const { cards, parameters, sources } = knowledge;
  const counts = { card: cards.length, parameter: parameters.size, source: sources.size, vignette: results.length };
  const counted = Object.entries(counts).map(([name, count]) => `${count} ${name}${count === 1 ? '' : 's'}`);
  print(`${counted.join(', ')}; ${knowledge.revision}`);
  print(problems.length === 0 ? 'All well.' : `${problems.length} problem${problems.length === 1 ? '' : 's'}.`);
  return problems.length === 0;
}

/** Vignettes that come to something else than they say. */
export const wrongVignettes = (results: readonly VignetteResult[]): string[] =>
  results.flatMap(({ place, vignette, expected, actual }) =>
    actual === expected ? [] : [place(`"${vignette.name}" expected ${expected}, came to: ${actual}`)],
  );

/** Vignettes whose card has a summary that CDS Hooks has no room for. */
export const longSummaries = (results: readonly VignetteResult[], knowledge: Knowledge): string[] =>
  results.flatMap(({ place, vignette, judgement, today }) => {
    const summary = judgement === undefined ? undefined : summaryOf(judgement, knowledge, today);
    if (summary === undefined || summary.length <= LONGEST_SUMMARY) return [];
    return [
      place(`"${vignette.name}" has a summary of ${summary.length} characters, ${LONGEST_SUMMARY} at most: ${summary}`),
    ];
  });

/** The same in the other languages. */
const translatedSummaries = ({ translations }: Knowledge): string[] =>
  [...translations.values()].flatMap((translated) => longSummaries(runVignettes(translated), translated));

/** Active cards whose vignettes do not show their condition holding, failing and, where it can be, unknown. */
export const missingVerdicts = (knowledge: Knowledge, results: readonly VignetteResult[]): string[] =>
  knowledge.cards
    .filter(({ status }) => status === 'active')
    .flatMap(({ id, file, when }) => {
      const shown = new Set(results.filter(({ card }) => card === id).map((result) => result.when));
      const missing = VERDICTS.filter(
        (verdict) => !shown.has(verdict) && (verdict !== 'unknown' || canBeUnknown(when)),
      );
      return missing.length === 0
        ? []
        : [`${file}  no vignette of "${id}" in which its condition comes to: ${missing.join(', ')}`];
    });

/** Whether a condition rests on anything of the chart, which may be missing, without saying what that counts as. */
function canBeUnknown(condition: Condition): boolean {
  if (condition.kind === 'test') return condition.unknownAs === undefined && condition.fact.slices.length > 0;
  return condition.kind === 'criterion' ? canBeUnknown(condition.body) : condition.parts.some(canBeUnknown);
}
