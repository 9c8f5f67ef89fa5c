import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Bundle } from 'fhir/r4.js';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { prefetchFrom } from './fhir-search.ts';

/** Root of the fixtures; `fixtures/README.md` says who everybody is. */
export const FIXTURES = new URL('../../fixtures/', import.meta.url);

/** A hook request as it stands in `fixtures/requests/`. */
export interface RequestFixture {
  hookInstance: string;
  hook: 'order-select' | 'order-sign';
  fhirServer?: string;
  fhirAuthorization?: Record<string, unknown>;
  context: {
    userId: string;
    patientId: string;
    encounterId?: string;
    selections?: string[];
    draftOrders: Bundle;
  };
  prefetch?: Record<string, unknown>;
}

/** One row of `fixtures/expected.json`: what the default cards answer to a request file on a given day. */
export interface Expectation {
  /** Below `fixtures/requests/`. */
  file: string;
  /** The day the request is judged on, `YYYY-MM-DD`. */
  today: string;
  expect: 'warning' | 'info' | 'silent';
  /** The order class of the card; null when silent. */
  card: string | null;
  why: string;
  /** Its number among the stories that the cards were first specified with. */
  testPatient?: number;
}

/** The published prefetch templates, key to query. */
export function templates(): Readonly<Record<string, string>> {
  const { slices, services } = loadKnowledge({ dir: 'cards' });
  const published = new Set(services.flatMap((service) => service.published));
  return Object.fromEntries(
    [...slices.values()].filter(({ name }) => published.has(name)).map(({ name, template }) => [name, template]),
  );
}

/** A patient's whole chart, `fixtures/patients/<name>.json`; the name is also the patient's id. */
export function readPatient(name: string): Bundle {
  return readJson(`patients/${name}.json`) as Bundle;
}

export function allPatients(): string[] {
  return readdirSync(new URL('patients/', FIXTURES))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort();
}

/** @param path below `fixtures/requests/`, as `expected.json` names it */
export function readRequest(path: string): RequestFixture {
  return readJson(`requests/${path}`) as RequestFixture;
}

/** Every request file, as `hook/story.json`. */
export function allRequests(): string[] {
  return ['order-select', 'order-sign'].flatMap((hook) =>
    readdirSync(new URL(`requests/${hook}/`, FIXTURES))
      .filter((file) => file.endsWith('.json'))
      .map((file) => `${hook}/${file}`)
      .sort(),
  );
}

export function expectations(): Expectation[] {
  return readJson('expected.json') as Expectation[];
}

/**
 * What `prefetch` of a request should hold: the templates run over the chart of `context.patientId`. A request without prefetch keeps none. One
 * that has a `null` keeps its way of saying "nothing found": `null` instead of an empty Bundle, as CDS Hooks 1.0 clients do.
 */
export function expectedPrefetch(
  request: RequestFixture,
  queries: Readonly<Record<string, string>>,
): Record<string, unknown> | undefined {
  if (request.prefetch === undefined) return undefined;
  const prefetch = prefetchFrom(readPatient(request.context.patientId), queries, request.context);
  if (!Object.values(request.prefetch).includes(null)) return prefetch;
  return Object.fromEntries(Object.entries(prefetch).map(([key, found]) => [key, isEmptySearch(found) ? null : found]));
}

/** Writes `prefetch` anew in every request that has one. Run by `UPDATE_FIXTURES=1 npx vitest run tests/unit/fixtures.test.ts`. */
export function writeRequests(queries: Readonly<Record<string, string>>): void {
  for (const path of allRequests()) {
    const request = readRequest(path);
    const prefetch = expectedPrefetch(request, queries);
    if (prefetch === undefined) continue;
    writeFileSync(new URL(`requests/${path}`, FIXTURES), `${tidy({ ...request, prefetch })}\n`);
  }
}

/** JSON with everything that fits on a line kept on one: charts stay readable and half as long. */
function tidy(value: unknown, indent = 0, used = 0): string {
  const flat = inline(value);
  if (typeof value !== 'object' || value === null || indent + used + flat.length <= 140) return flat;
  const pad = ' '.repeat(indent + 1);
  const close = `\n${' '.repeat(indent)}`;
  if (Array.isArray(value)) return `[\n${value.map((each) => pad + tidy(each, indent + 1)).join(',\n')}${close}]`;
  const rows = Object.entries(value).map(([key, each]) => {
    const name = `${JSON.stringify(key)}: `;
    return pad + name + tidy(each, indent + 1, name.length);
  });
  return `{\n${rows.join(',\n')}${close}}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, each]) => `${JSON.stringify(key)}: ${inline(each)}`)
    .join(', ')}}`;
}

function isEmptySearch(found: unknown): boolean {
  const { resourceType, type, entry } = found as Bundle;
  return resourceType === 'Bundle' && type === 'searchset' && (entry ?? []).length === 0;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(fileURLToPath(new URL(path, FIXTURES)), 'utf8'));
}
