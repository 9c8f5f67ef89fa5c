import type { Config } from '../config.ts';
import { bundleOf, exportPack } from '../export/resources.ts';
import { valueSetsIn } from '../export/value-sets.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { formatOf, readOptions } from './arguments.ts';

/** `export [--format bundle|ndjson]`: the pack as FHIR R4. @throws UsageError, KnowledgeProblems */
export function exportKnowledge(
  args: readonly string[],
  { cardsDir, codeSystemsOff, siteParameters }: Pick<Config, 'cardsDir' | 'codeSystemsOff' | 'siteParameters'>,
  print: (line: string) => void,
): void {
  const format = formatOf(readOptions(args, ['format']), ['bundle', 'ndjson']);
  const knowledge = loadKnowledge({
    dir: cardsDir,
    systemsOff: codeSystemsOff,
    ...(siteParameters !== undefined && { siteParameters }),
  });
  const resources = exportPack(knowledge, valueSetsIn(cardsDir, codeSystemsOff));
  if (format === 'ndjson') for (const resource of resources) print(JSON.stringify(resource));
  else print(JSON.stringify(bundleOf(resources), undefined, 2));
}
