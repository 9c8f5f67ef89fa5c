import { isRead } from '../cds-hooks/prefetch.ts';
import type { HookRequest, RawResource } from '../cds-hooks/types.ts';
import { escapePointer, MAX_DIAGNOSTICS } from '../cds-hooks/violations.ts';
import { type Diagnostic, InvalidRequest, WrongPatient } from '../errors.ts';
import { type Page, readPage } from './page.ts';
import type { Slice, SliceDefinition } from './slice.ts';
import { isAboutAnother } from './subject.ts';

/** What a client sent for a slice: all there is to know, or the first page of a search. */
export type Prefetched = { readonly slice: Slice } | { readonly page: Page };

/**
 * What the client prefetched, by slice name; names it did not send are missing. Keys that nobody asked for are ignored.
 * https://cds-hooks.hl7.org/#providing-fhir-resources-to-a-cds-service
 *
 * @throws InvalidRequest when what is under a key cannot be a result of its query
 * @throws WrongPatient when any of it is about another patient than the call
 */
export function readPrefetch(
  definitions: readonly SliceDefinition[],
  { prefetch = {}, context }: HookRequest,
): Map<string, Prefetched> {
  const found = new Map<string, Prefetched>();
  const invalid: Diagnostic[] = [];
  const foreign: Diagnostic[] = [];
  for (const definition of definitions) {
    if (!Object.hasOwn(prefetch, definition.name)) continue;
    const pointer = `/prefetch/${escapePointer(definition.name)}`;
    const value = prefetch[definition.name] ?? null;
    const result = isRead(definition.template) ? readOne(definition, value) : readSearch(value);
    if ('fault' in result) {
      invalid.push({ pointer: pointer + result.at, message: result.fault });
      continue;
    }
    for (const place of findForeign(result, context.patientId)) {
      foreign.push({ pointer: pointer + place, message: 'is about another patient than context.patientId' });
    }
    found.set(definition.name, result);
  }
  if (invalid.length > 0) throw new InvalidRequest('Prefetched data do not fit their templates', invalid);
  if (foreign.length > 0) {
    throw new WrongPatient('Prefetched data are about another patient', foreign.slice(0, MAX_DIAGNOSTICS));
  }
  return found;
}

interface Fault {
  readonly fault: string;
  readonly at: string;
}

function readOne({ type }: SliceDefinition, value: RawResource | null): Prefetched | Fault {
  if (value === null) return type === 'Patient' ? lacking('the client found no patient') : holding([]);
  if (value.resourceType === 'OperationOutcome') return lacking('the client could not read it');
  if (value.resourceType !== type) return { fault: `must be null, a ${type} or an OperationOutcome`, at: '' };
  return holding([value]);
}

function readSearch(value: RawResource | null): Prefetched | Fault {
  if (value === null) return holding([]);
  if (value.resourceType === 'OperationOutcome') return lacking('the client could not read it');
  if (value.resourceType !== 'Bundle') return { fault: 'must be null, a Bundle or an OperationOutcome', at: '' };
  const page = readPage(value);
  return page === undefined ? { fault: 'must be an array', at: '/entry' } : { page };
}

function holding(resources: readonly RawResource[]): Prefetched {
  return { slice: { state: 'complete', resources, included: [] } };
}

function lacking(reason: string): Prefetched {
  return { slice: { state: 'unavailable', reason } };
}

/** Pointers, within the prefetched value, to resources that are about somebody else. */
function findForeign(prefetched: Prefetched, patientId: string): string[] {
  if ('page' in prefetched) {
    return prefetched.page.entries
      .filter(({ resource, isInclude }) => !isInclude && isAboutAnother(resource, patientId))
      .map(({ index }) => `/entry/${index}/resource`);
  }
  const { slice } = prefetched;
  return slice.state !== 'unavailable' && slice.resources.some((it) => isAboutAnother(it, patientId)) ? [''] : [];
}
