const BASE = 'https://rehab-first.org/fhir';

/** The id of the Library that holds a pack together. */
export const LIBRARY = 'rehab-first-pack';

/** A URL that this project defines: of a resource, or with `StructureDefinition` of an extension. */
export const canonical = (type: string, id: string, version?: string): string =>
  `${BASE}/${type}/${id}${version === undefined ? '' : `|${version}`}`;

/** FHIR names are identifiers of programs: `[A-Z]([A-Za-z0-9_]){0,254}`. */
export const nameOf = (id: string): string =>
  id
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
    .slice(0, 255);

/** FHIR ids have at most 64 characters. */
export const idOf = (...parts: readonly string[]): string =>
  parts
    .join('-')
    .replaceAll(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 64);
