import {
  convertToSearchableDates,
  convertToSearchableReferences,
  convertToSearchableStrings,
  convertToSearchableTokens,
  matchesSearchRequest,
  Operator,
  type SearchRequest,
  type SortRule,
  stringify,
  type WithId,
} from '@medplum/core';
import { MemoryRepository } from '@medplum/fhir-router';
import type { Bundle, BundleEntry, Resource, SearchParameter } from '@medplum/fhirtypes';
import { isJudgedHere, matchesFilter } from './matches-filter.ts';
import { searchParameter, searchParameters, valuesOf } from './search-parameters.ts';

/** A code, a code with its system, and a date. */
const PROBES = ['a', 'a|a', '2026-11-24'];

type Key = number | string | undefined;

/**
 * Medplum's repository in memory, with what a chart needs beyond it: searching by names and identifiers, sorting by dates and periods,
 * `_include`, drafts that can be told from the charts, no history, and resources as they were loaded.
 */
export class DemoRepository extends MemoryRepository {
  readonly #clock: () => Date;
  /** Charts without `meta`: Medplum gives every resource one, dated now. */
  readonly #withoutMeta = new Set<string>();
  readonly #charts = new Set<string>();
  readonly #drafts = new Set<string>();
  #versions = 0;

  constructor(clock: () => Date) {
    super();
    this.#clock = clock;
  }

  /** Takes a resource of a chart as it is. */
  async load(resource: Resource): Promise<void> {
    if (resource.meta === undefined) this.#withoutMeta.add(`${resource.resourceType}/${resource.id}`);
    this.#charts.add(`${resource.resourceType}/${resource.id}`);
    await super.createResource(resource);
  }

  isOfChart(type: string, id: string): boolean {
    return this.#charts.has(`${type}/${id}`);
  }

  /** `Type/id` of what was written since. */
  get drafts(): ReadonlySet<string> {
    return this.#drafts;
  }

  /** Where Medplum creates and where it updates. */
  override async createResource<T extends Resource>(resource: T): Promise<WithId<T>> {
    const type = resource.resourceType;
    do this.#versions += 1;
    while (resource.id === undefined && this.#drafts.has(`${type}/draft-${this.#versions}`));
    const id = resource.id ?? `draft-${this.#versions}`;
    const meta = { ...resource.meta, versionId: String(this.#versions), lastUpdated: this.#clock().toISOString() };
    const kept = await super.createResource({ ...resource, id, meta });
    this.#drafts.add(`${kept.resourceType}/${kept.id}`);
    this.#forgetVersions(kept.resourceType, kept.id);
    return kept;
  }

  override async deleteResource(type: string, id: string): Promise<void> {
    await super.deleteResource(type, id);
    this.#drafts.delete(`${type}/${id}`);
    this.#forgetVersions(type, id);
  }

  override async readResource<T extends Resource>(type: string, id: string): Promise<T> {
    return this.#asLoaded(await super.readResource<T>(type, id));
  }

  override async search<T extends Resource>(request: SearchRequest<T>): Promise<Bundle<WithId<T>>> {
    const { resourceType, filters = [], sortRules = [], offset = 0, count = 0, include = [] } = request;
    const ours = filters.filter((one) => isJudgedHere(resourceType, one));
    const others = filters.filter((one) => !ours.includes(one));
    const found = (await super.search<T>({ resourceType, filters: others })).entry ?? [];
    const resources = found
      .flatMap(({ resource }) => resource ?? [])
      .filter((one) => ours.every((filter) => matchesFilter(one, filter)))
      .map((one) => this.#asLoaded(one));
    const page = sorted(resources, sortRules).slice(offset, offset + count);
    const matches = page.map((resource): BundleEntry<WithId<T>> => ({ resource, search: { mode: 'match' } }));
    const along = await this.#included(page, include);
    return { resourceType: 'Bundle', type: 'searchset', total: resources.length, entry: [...matches, ...along] };
  }

  /**
   * A resource without what is empty, searched and sorted in every way, so that one which breaks a search never gets in.
   *
   * @throws what a search would throw
   */
  tryToSearch(given: Resource): Resource {
    const resource = JSON.parse(stringify(given)) as Resource;
    const { resourceType } = resource;
    for (const parameter of searchParameters(resourceType)) {
      for (const value of PROBES) {
        matchesSearchRequest(resource, {
          resourceType,
          filters: [{ code: parameter.code, operator: Operator.EQUALS, value }],
        });
      }
      keyOf(parameter, resource);
    }
    return resource;
  }

  async #included<T extends Resource>(
    page: readonly T[],
    include: NonNullable<SearchRequest['include']>,
  ): Promise<BundleEntry<WithId<T>>[]> {
    const seen = new Set(page.map(({ resourceType, id }) => `${resourceType}/${id}`));
    const entries: BundleEntry<WithId<T>>[] = [];
    for (const { resourceType, searchParam, targetType } of include) {
      const parameter = searchParameter(resourceType, searchParam);
      if (parameter === undefined) continue;
      for (const reference of page.flatMap((one) => convertToSearchableReferences(valuesOf(parameter, one)))) {
        const [type = '', id = ''] = reference.split('/').slice(-2);
        if (seen.has(`${type}/${id}`) || (targetType !== undefined && type !== targetType)) continue;
        seen.add(`${type}/${id}`);
        const resource = await this.readResource<WithId<T>>(type, id).catch(() => undefined);
        if (resource !== undefined) entries.push({ resource, search: { mode: 'include' } });
      }
    }
    return entries;
  }

  #asLoaded<T extends Resource>(resource: T): T {
    if (!this.#withoutMeta.has(`${resource.resourceType}/${resource.id}`)) return resource;
    const { meta: _, ...rest } = resource;
    return rest as T;
  }

  /** Medplum keeps every version of a resource, the deleted ones too; nothing here reads them. */
  #forgetVersions(type: string, id: string): void {
    (Reflect.get(this, 'history') as Map<string, Map<string, unknown>>).get(type)?.delete(id);
  }
}

/** By the first rule, then the next; what has no value comes last either way, and ties keep their order. */
function sorted<T extends Resource>(resources: readonly T[], rules: readonly SortRule[]): T[] {
  const parameters = rules.flatMap(({ code, descending = false }) => {
    const [first] = resources;
    const parameter = first && searchParameter(first.resourceType, code);
    return parameter === undefined ? [] : [{ parameter, sign: descending ? -1 : 1 }];
  });
  const rows = resources.map((resource) => ({
    resource,
    keys: parameters.map(({ parameter }) => keyOf(parameter, resource)),
  }));
  const compare = (a: readonly Key[], b: readonly Key[]): number => {
    for (const [index, { sign }] of parameters.entries()) {
      const [left, right] = [a[index], b[index]];
      if (left === right) continue;
      if (left === undefined || right === undefined) return left === undefined ? 1 : -1;
      return left < right ? -sign : sign;
    }
    return 0;
  };
  return rows.toSorted((a, b) => compare(a.keys, b.keys)).map(({ resource }) => resource);
}

/** What a resource is sorted by: a date or period by its start, in milliseconds; others by their text. */
function keyOf(parameter: SearchParameter, resource: Resource): Key {
  const values = valuesOf(parameter, resource);
  switch (parameter.type) {
    case 'date':
      return convertToSearchableDates(values)
        .map(({ start = '' }) => Date.parse(start))
        .find((time) => !Number.isNaN(time));
    case 'reference':
      return convertToSearchableReferences(values)[0];
    case 'token':
      return convertToSearchableTokens(values)[0]?.value?.toLowerCase();
    default:
      return convertToSearchableStrings(values)[0]?.toLowerCase();
  }
}
