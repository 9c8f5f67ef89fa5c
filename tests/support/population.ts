import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RawResource } from '../../src/cds-hooks/types.ts';
import { dayOf } from '../../src/clinical/dates.ts';
import { moveStory } from '../../src/clinical/story.ts';
import { expectations, readPatient, readRequest } from './fixtures.ts';

/** The day on which the stories of the fixtures take place. */
const STORY_DAY = dayOf(2026, 11, 24);
/** Whole weeks, so that a story that fits one week fits all. */
const APART = 14;

/** A generated patient with an order whose end is known. */
export interface Person {
  readonly id: string;
  readonly resources: readonly RawResource[];
  /** What the fixtures say of the order: the class of the card, and how loud. */
  readonly card: string | null;
  readonly indicator: 'warning' | 'info' | 'silent';
  /** `Type/id` of the orders made on the day of the story. */
  readonly orders: readonly string[];
}

/** Stories that are told by charts alone: nothing unread, nothing left out of the request. */
const STORIES = expectations().filter(
  ({ file }) =>
    file.startsWith('order-select/') && !/sandbox|without|lab-selected|no-physiotherapy-data|quick-look/.test(file),
);

/** So many patients, whose stories are those of the fixtures, spread over some years. */
export function population(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => personOf(index));
}

function personOf(index: number): Person {
  const story = STORIES[index % STORIES.length];
  if (story === undefined) throw new Error('there are no stories');
  const { context } = readRequest(story.file);
  const id = `${context.patientId}-${index}`;
  const day = STORY_DAY - APART * Math.floor(index / STORIES.length);
  const drafts = (context.draftOrders.entry ?? []).map(({ resource }) => resource as unknown as RawResource);
  const orders = drafts.map(
    (draft) =>
      ({
        ...draft,
        id: `${context.patientId}-${draft.id}`,
        status: 'completed',
        authoredOn: '2026-11-24T09:21:00Z',
      }) as RawResource,
  );
  const chart = (readPatient(context.patientId).entry ?? []).map(({ resource }) => resource as unknown as RawResource);
  const text = JSON.stringify([...chart, ...orders]).replaceAll(context.patientId, id);
  const resources = moveStory(JSON.parse(text) as RawResource[], day);
  return {
    id,
    resources,
    card: story.card,
    indicator: story.expect,
    orders: resources.slice(chart.length).map(({ resourceType, id: own }) => `${resourceType}/${own}`),
  };
}

/** As a bulk export: files by type, `perFile` resources in each. */
export function writeBulk(folder: string, people: readonly Person[], { gz = false, perFile = 1000 } = {}): void {
  mkdirSync(folder, { recursive: true });
  const byType = new Map<string, string[]>();
  for (const resource of people.flatMap(({ resources }) => resources)) {
    const lines = byType.get(resource.resourceType) ?? [];
    lines.push(JSON.stringify(resource));
    byType.set(resource.resourceType, lines);
  }
  for (const [type, lines] of byType) {
    for (let from = 0; from < lines.length; from += perFile) {
      const text = `${lines.slice(from, from + perFile).join('\n')}\n`;
      write(join(folder, `${type}.${String(from / perFile).padStart(3, '0')}.ndjson`), text, gz);
    }
  }
}

/** As one Bundle for each patient, who refer to each other by `urn:uuid:`. */
export function writeBundles(folder: string, people: readonly Person[], { gz = false } = {}): void {
  mkdirSync(folder, { recursive: true });
  for (const person of people)
    write(join(folder, `${person.id}.json`), JSON.stringify(bundleOf(person), undefined, 1), gz);
}

/** As Bundles, one a line. */
export function writeBundleLines(folder: string, people: readonly Person[]): void {
  mkdirSync(folder, { recursive: true });
  write(join(folder, 'patients.ndjson'), people.map((one) => `${JSON.stringify(bundleOf(one))}\n`).join(''), false);
}

function bundleOf({ resources }: Person): object {
  const urls = new Map(
    resources.map(({ resourceType, id }) => [`${resourceType}/${id}`, `urn:uuid:${resourceType}-${id}`]),
  );
  const pointed = JSON.stringify(resources).replaceAll(/"reference":"([^"]*)"/g, (whole, reference: string) =>
    urls.has(reference) ? `"reference":"${urls.get(reference)}"` : whole,
  );
  const entry = (JSON.parse(pointed) as RawResource[]).map((resource) => ({
    fullUrl: urls.get(`${resource.resourceType}/${resource.id}`),
    resource,
  }));
  return { resourceType: 'Bundle', type: 'collection', entry };
}

function write(path: string, text: string, gz: boolean): void {
  writeFileSync(gz ? `${path}.gz` : path, gz ? gzipSync(text) : text);
}
