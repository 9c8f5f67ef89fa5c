import { readFileSync } from 'node:fs';
import { daysBefore, isoDay, parseFhirDate } from '../clinical/dates.ts';

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

/** A `curl` line to paste into a shell. */
export const exampleCurl = (baseUrl: string, serviceId: string, today: number): string =>
  `curl -sS -H 'Content-Type: application/json' -d '${exampleRequest(today)}' ${baseUrl}/cds-services/${serviceId}`;
