import { readFileSync } from 'node:fs';
import { considerCall } from '../answer.ts';
import { parseHookRequest } from '../cds-hooks/request.ts';
import { daysBefore, isoDay, parseFhirDate } from '../clinical/dates.ts';
import type { Knowledge } from '../knowledge/types.ts';

const FILE = new URL('../../fixtures/requests/order-select/quick-look.json', import.meta.url);
/** The day on which the fixtures' stories take place. */
const STORY_DAY = '2026-11-24';
const DATE = /\b\d{4}-\d{2}-\d{2}(?=[T"])/g;

/** A small hook request that gets a card, its dates moved so that its story takes place on `today`. */
export function exampleRequest(today: number): string {
  const storyDay = parseFhirDate(STORY_DAY)?.min ?? today;
  const moved = readFileSync(FILE, 'utf8').replaceAll(DATE, (date) => {
    const day = parseFhirDate(date)?.min;
    return day === undefined ? date : isoDay(daysBefore(day, { value: storyDay - today, unit: 'days' }));
  });
  return JSON.stringify(JSON.parse(moved));
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
