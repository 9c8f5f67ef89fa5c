import { readFileSync } from 'node:fs';
import { considerCall } from '../answer.ts';
import { parseHookRequest } from '../cds-hooks/request.ts';
import { isoDay } from '../clinical/dates.ts';
import { moveStory } from '../clinical/story.ts';
import type { Knowledge } from '../knowledge/types.ts';

const FILE = new URL('../../fixtures/requests/order-select/quick-look.json', import.meta.url);

/** A small hook request that gets a card, its dates moved so that its story takes place on `today`. */
export function exampleRequest(today: number): string {
  return JSON.stringify(moveStory(JSON.parse(readFileSync(FILE, 'utf8')), today));
}

/** A `curl` line to paste into a shell, for the first service that answers it with a card; another pack may have none. */
export async function exampleCurl(baseUrl: string, knowledge: Knowledge, today: number): Promise<string | undefined> {
  const body = exampleRequest(today);
  const request = parseHookRequest(JSON.parse(body), ['order-select']);
  const clock = () => new Date(`${isoDay(today)}T12:00:00Z`);
  const deps = { knowledge, timeZone: 'UTC', clock, openReader: () => undefined };
  for (const { id, hook } of knowledge.services) {
    if (hook !== request.hook) continue;
    const { response } = await considerCall(id, request, deps);
    if (response.cards.length > 0)
      return `curl -sS -H 'Content-Type: application/json' -d '${body}' ${baseUrl}/cds-services/${id}`;
  }
  return undefined;
}
