import { readFileSync } from 'node:fs';
import { considerCall } from '../answer.ts';
import { parseHookRequest } from '../cds-hooks/request.ts';
import type { Hook } from '../cds-hooks/types.ts';
import { parseFhirDate } from '../clinical/dates.ts';
import type { Config } from '../config.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { member } from '../logic/json.ts';
import { explainDecision } from '../rules/explain.ts';

const HOOKS: readonly Hook[] = ['order-select', 'order-sign'];

/**
 * Prints why each card fired or did not for a hook request in a file, as on `day` (`YYYY-MM-DD`) or today. Nothing is read from any
 * FHIR server.
 * @throws ServiceError, UsageError
 */
export async function explain(
  file: string,
  day: string | undefined,
  config: Config,
  now: () => Date,
  print: (line: string) => void,
): Promise<void> {
  const body = readJsonFile(file);
  const judged = day === undefined ? { clock: now, timeZone: config.timeZone } : onDay(day);
  const request = parseHookRequest(body, HOOKS);
  const knowledge = loadKnowledge({
    dir: config.cardsDir,
    systemsOff: config.codeSystemsOff,
    ...(config.siteParameters !== undefined && { siteParameters: config.siteParameters }),
  });
  const service = knowledge.services.find(({ hook }) => hook === request.hook);
  if (service === undefined) throw new Error(`No service of this pack serves ${String(member(body, 'hook'))}.`);
  const { scoped, decision, drafts, response, slices } = await considerCall(service.id, request, {
    knowledge,
    ...judged,
    openReader: () => undefined,
    considersDrafts: true,
  });
  print(`${service.id}, ${request.hook}, knowledge ${knowledge.revision}`);
  for (const [name, slice] of slices) {
    print(
      `  ${name}: ${slice.state === 'unavailable' ? `unavailable (${slice.reason})` : `${slice.state}, ${slice.resources.length} resources`}`,
    );
  }
  if (scoped.length === 0) print('No selected order is of a kind that the cards are about: {"cards":[]}');
  for (const one of [decision, drafts]) if (one !== undefined) for (const line of explainDecision(one)) print(line);
  for (const { indicator, summary, detail } of response.cards) print(`\n[${indicator}] ${summary}\n\n${detail}`);
}

/** What was typed cannot be used. */
export class UsageError extends Error {}

function readJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(error instanceof SyntaxError ? `${file} is not JSON.` : `${file} cannot be read.`);
  }
}

/** The day as a calendar day, in whatever zone. */
function onDay(day: string): { clock: () => Date; timeZone: string } {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || parseFhirDate(day) === undefined)
    throw new UsageError(`"${day}" is not a day: write YYYY-MM-DD.`);
  return { clock: () => new Date(`${day}T12:00:00Z`), timeZone: 'UTC' };
}
