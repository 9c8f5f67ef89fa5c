import type { RawResource } from '../cds-hooks/types.ts';
import { at, isObject, list, member, string, text } from '../logic/json.ts';

/** Where a type names its patient. */
const WHOSE = ['subject.reference', 'patient.reference', 'beneficiary.reference', 'participant.actor.reference'];
const PATIENT = /(?:^|\/)Patient\/([A-Za-z0-9._-]{1,128})(?:\/_history\/[^/]*)?$/;

/** The id of the patient that a resource is about; undefined when it is about nobody, or several. */
export function patientOf(resource: RawResource): string | undefined {
  if (resource.resourceType === 'Patient') return idOf(resource);
  for (const path of WHOSE) {
    const ids = new Set(at(resource, path).flatMap((one) => PATIENT.exec(string(one) ?? '')?.[1] ?? []));
    if (ids.size > 0) return ids.size === 1 ? [...ids][0] : undefined;
  }
  return undefined;
}

/** The id of a resource, if it is one. */
export function idOf(resource: RawResource | undefined): string | undefined {
  const id = string(resource?.id);
  return id !== undefined && /^[A-Za-z0-9._-]{1,128}$/.test(id) ? id : undefined;
}

/** The patients that a line names, though it cannot be read: several where lines have run together. */
export function patientsNamedIn(line: string): string[] {
  const named = [...line.matchAll(/"(?:[^"\\]*\/)?Patient\/([A-Za-z0-9._-]{1,128})"/g)];
  const own = /"resourceType"\s*:\s*"Patient"/.test(line) ? /"id"\s*:\s*"([A-Za-z0-9._-]{1,128})"/.exec(line) : null;
  return [...new Set([...named, ...(own === null ? [] : [own])].flatMap(([, id]) => id ?? []))];
}

/** The resource type that a line begins with, without parsing it. */
export const typeIn = (line: string): string | undefined =>
  /^\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"/.exec(line.slice(0, 120))?.[1];

const REFERENCE = /"(urn:(?:uuid|oid):[^"\\]+)"/g;

/** The resources of a Bundle; where they refer to each other by `urn:uuid:`, as `Type/id`. */
export function resourcesIn(bundle: RawResource): RawResource[] {
  const entries = list(bundle.entry).filter((entry) => isResource(member(entry, 'resource')));
  const names = new Map(
    entries.flatMap((entry) => {
      const url = text(entry, 'fullUrl');
      const resource = member(entry, 'resource') as RawResource;
      const id = string(resource.id);
      return url?.startsWith('urn:') && id !== undefined ? [[url, `${resource.resourceType}/${id}`]] : [];
    }),
  );
  const resources = entries.map((entry) => member(entry, 'resource') as RawResource);
  if (names.size === 0) return resources;
  const named = JSON.stringify(resources).replaceAll(REFERENCE, (whole, url: string) =>
    names.has(url) ? JSON.stringify(names.get(url)) : whole,
  );
  return JSON.parse(named) as RawResource[];
}

export const isResource = (value: unknown): value is RawResource =>
  isObject(value) && typeof value.resourceType === 'string';
