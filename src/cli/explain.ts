import { readFileSync } from 'node:fs';
import { considerCall } from '../answer.ts';
import { parseHookRequest } from '../cds-hooks/request.ts';
import type { Hook } from '../cds-hooks/types.ts';
import type { Config } from '../config.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { member } from '../logic/json.ts';
import { explainDecision } from '../rules/explain.ts';

const HOOKS: readonly Hook[] = ['order-select', 'order-sign'];

/** Prints why each card fired or did not for a hook request in a file. Nothing is read from any FHIR server. @throws ServiceError */
export async function explain(
  file: string,
  config: Config,
  clock: () => Date,
  print: (line: string) => void,
): Promise<void> {
  const body: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const request = parseHookRequest(body, HOOKS);
  const knowledge = loadKnowledge({
    dir: config.cardsDir,
    systemsOff: config.codeSystemsOff,
    ...(config.siteParameters !== undefined && { siteParameters: config.siteParameters }),
  });
  const service = knowledge.services.find(({ hook }) => hook === request.hook);
  if (service === undefined) throw new Error(`No service of this pack serves ${String(member(body, 'hook'))}.`);
  const { scoped, decision, response, slices } = await considerCall(service.id, request, {
    knowledge,
    timeZone: config.timeZone,
    clock,
    openReader: () => undefined,
  });
  print(`${service.id}, ${request.hook}, knowledge ${knowledge.revision}`);
  for (const [name, slice] of slices) {
    print(
      `  ${name}: ${slice.state === 'unavailable' ? `unavailable (${slice.reason})` : `${slice.state}, ${slice.resources.length} resources`}`,
    );
  }
  if (scoped.length === 0) print('No selected order is of a kind that the cards are about: {"cards":[]}');
  if (decision !== undefined) for (const line of explainDecision(decision)) print(line);
  for (const { indicator, summary, detail } of response.cards) print(`\n[${indicator}] ${summary}\n\n${detail}`);
}
