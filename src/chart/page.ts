import type { RawResource } from '../cds-hooks/types.ts';
import type { Slice } from './slice.ts';

/** A resource on a page of a search, and its place in `Bundle.entry`. */
export interface PageEntry {
  readonly resource: RawResource;
  readonly index: number;
  /** It came along with what was searched for. */
  readonly isInclude: boolean;
}

/** One page of a search. */
export interface Page {
  readonly entries: readonly PageEntry[];
  /** An entry tells of an error: there may be more than is here. */
  readonly hasError: boolean;
  /** The link to the next page; empty when there is such a link without a URL. */
  readonly next?: string;
}

/**
 * What a search Bundle holds; undefined when its `entry` is no array. Entries without a resource are left out.
 * http://hl7.org/fhir/R4/bundle.html#searchset
 */
export function readPage(bundle: RawResource): Page | undefined {
  if (bundle.entry !== undefined && !Array.isArray(bundle.entry)) return undefined;
  const next = findNext(bundle.link);
  const entries: PageEntry[] = [];
  let hasError = false;
  for (const [index, entry] of (bundle.entry ?? []).entries()) {
    const resource: unknown = readMember(entry, 'resource');
    const mode = readMember(readMember(entry, 'search'), 'mode');
    if (!isResource(resource)) continue;
    if (resource.resourceType === 'OperationOutcome') hasError ||= tellsError(resource);
    else if (mode !== 'outcome') entries.push({ resource, index, isInclude: mode === 'include' });
  }
  return { entries, hasError, ...(next !== undefined && { next }) };
}

/** Queries ask for 200 at a time, and judging takes as long as there are many: of more than this the first ones are read. */
const MOST_RESOURCES = 2000;

/** The slice that pages make up together. A resource repeated over pages counts once, as it came first. */
export function joinPages(pages: readonly Page[], type: string): Slice {
  const resources = new Distinct();
  const included = new Distinct();
  const entries = pages.flatMap((page) => page.entries);
  for (const { resource, isInclude } of entries.slice(0, MOST_RESOURCES)) {
    if (isInclude || resource.resourceType !== type) included.add(resource);
    else resources.add(resource);
  }
  const isCut = entries.length > MOST_RESOURCES || pages.at(-1)?.next !== undefined;
  const isPartial = isCut || pages.some(({ hasError }) => hasError);
  return { state: isPartial ? 'partial' : 'complete', resources: resources.list, included: included.list };
}

/** Resources in order of arrival, each `Type/id` once; those without an id are all kept. */
class Distinct {
  readonly list: RawResource[] = [];
  readonly #seen = new Set<string>();

  add(resource: RawResource): void {
    if (typeof resource.id === 'string') {
      const key = `${resource.resourceType}/${resource.id}`;
      if (this.#seen.has(key)) return;
      this.#seen.add(key);
    }
    this.list.push(resource);
  }
}

function findNext(links: unknown): string | undefined {
  if (!Array.isArray(links)) return undefined;
  const link: unknown = links.find((candidate) => readMember(candidate, 'relation') === 'next');
  if (link === undefined) return undefined;
  const url = readMember(link, 'url');
  return typeof url === 'string' ? url : '';
}

function tellsError(outcome: RawResource): boolean {
  if (!Array.isArray(outcome.issue)) return false;
  return outcome.issue.some((issue) =>
    ['error', 'fatal'].some((severity) => readMember(issue, 'severity') === severity),
  );
}

function isResource(value: unknown): value is RawResource {
  return typeof readMember(value, 'resourceType') === 'string';
}

function readMember(value: unknown, member: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[member] : undefined;
}
