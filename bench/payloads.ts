import { dayIn } from '../src/clinical/dates.ts';
import { moveStory } from '../src/clinical/story.ts';
import { prefetchFrom } from '../tests/support/fhir-search.ts';
import { type RequestFixture, readPatient, readRequest, templates } from '../tests/support/fixtures.ts';

/** Stories that end with a card, told by the chart alone. */
const STORIES = [
  'order-select/gluteal-no-rehab.json',
  'order-select/discectomy-no-care.json',
  'order-select/sciatica-partial-care.json',
  'order-select/axial-back-pain-epidural.json',
];
/** Orders that no card is about. */
const OTHER_ORDERS = 'order-select/gluteal-no-rehab-lab-selected.json';
const DAYS_PER_COPY = 371;
const MOST_COPIES = 60;

export const SIZES = [12, 108, 1000] as const;
/** Kilobytes of a request. */
export type Size = (typeof SIZES)[number];
export type Scope = 'in scope' | 'out of scope';

/** Bodies of order-select calls, alike in size and scope. */
export interface Payload {
  readonly size: Size;
  readonly scope: Scope;
  readonly bodies: readonly Buffer[];
}

/** Order-select calls of each size and scope, made from the stories of the fixtures as if they took place today. */
export function payloads(now: Date, sizes: readonly Size[] = SIZES): Payload[] {
  const queries = templates();
  const today = dayIn(now, 'UTC');
  return sizes.flatMap((size) => {
    const calls = STORIES.map((story) => moveStory(callOf(readRequest(story), size * 1000, queries), today));
    return (['in scope', 'out of scope'] as const).map((scope) => ({
      size,
      scope,
      bodies: calls.map((call) => Buffer.from(JSON.stringify(scope === 'in scope' ? call : withOtherOrders(call)))),
    }));
  });
}

/**
 * The request with as much of the patient's chart as makes it `bytes` long: less than the story tells, or the story and the same things
 * some years before, again and again, each slice bounded as its query says.
 */
function callOf(request: RequestFixture, bytes: number, queries: Readonly<Record<string, string>>): RequestFixture {
  const chart = chartOf(request);
  const withFirst = (count: number): RequestFixture => {
    const bundle = { ...readPatient(request.context.patientId), entry: chart.slice(0, count) };
    const prefetch = prefetchFrom(bundle, queries, request.context);
    return {
      ...request,
      prefetch: Object.fromEntries(Object.entries(prefetch).filter(([, found]) => found !== undefined)),
    };
  };
  let [least, most] = [1, chart.length];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (JSON.stringify(withFirst(middle)).length <= bytes) least = middle;
    else most = middle - 1;
  }
  return withFirst(least);
}

/** The patient and this encounter, then what the order is about, then the rest and its copies, each a year older than the one before. */
function chartOf({ context }: RequestFixture) {
  const { patientId, encounterId } = context;
  const own = readPatient(patientId).entry ?? [];
  const about = new Set([patientId, encounterId]);
  const isCondition = (entry: (typeof own)[number]) => entry.resource?.resourceType === 'Condition';
  const weight = (entry: (typeof own)[number]) =>
    about.has(entry.resource?.id ?? '') ? 0 : isCondition(entry) ? 1 : 2;
  const first = own.toSorted((a, b) => weight(a) - weight(b));
  const rest = JSON.stringify(own.filter(({ resource }) => resource?.resourceType !== 'Patient'));
  const copies = Array.from({ length: MOST_COPIES }, (_, index) => {
    const renamed = rest.replaceAll(`${patientId}-`, `${patientId}-before-${index}-`);
    return moveStory(
      JSON.parse(renamed) as typeof own,
      dayIn(new Date('2026-11-24'), 'UTC') - DAYS_PER_COPY * (index + 1),
    );
  });
  return [...first, ...copies.flat()];
}

/** The same call and chart, with other orders. */
function withOtherOrders(call: RequestFixture): RequestFixture {
  const other = readRequest(OTHER_ORDERS).context;
  const selections = other.selections ?? [];
  const drafts = (other.draftOrders.entry ?? []).filter(({ resource }) =>
    selections.includes(`${resource?.resourceType}/${resource?.id}`),
  );
  const text = JSON.stringify({ selections, draftOrders: { ...other.draftOrders, entry: drafts } });
  return {
    ...call,
    context: { ...call.context, ...JSON.parse(text.replaceAll(other.patientId, call.context.patientId)) },
  };
}
