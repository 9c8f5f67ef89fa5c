import type { RawResource } from '../cds-hooks/types.ts';
import { string } from '../logic/json.ts';
import type { FhirReader, Slice, SliceDefinition } from './slice.ts';

/** Types that name their drug in `medicationReference`. http://hl7.org/fhir/R4/medication.html */
const MEDICATION_TYPES: ReadonlySet<string> = new Set([
  'MedicationRequest',
  'MedicationStatement',
  'MedicationAdministration',
]);

const MAX_READS = 20;

/** The parts of `assembleSlices`' options that are needed here. */
export interface MedicationOptions {
  readonly definitions: readonly SliceDefinition[];
  readonly fhirServer?: string;
  readonly reader: () => FhirReader | undefined;
}

/**
 * The slices with the Medications their resources refer to among `included`: those that came with any slice, and at
 * most 20 read one by one. One that cannot be had is left out, which is no failure.
 */
export async function addMedications(
  slices: ReadonlyMap<string, Slice>,
  { definitions, fhirServer, reader }: MedicationOptions,
): Promise<ReadonlyMap<string, Slice>> {
  const wanted = new Map<string, readonly string[]>();
  for (const { name, type } of definitions) {
    const slice = slices.get(name);
    if (slice === undefined || slice.state === 'unavailable' || !MEDICATION_TYPES.has(type)) continue;
    const ids = listMedicationIds(slice.resources, fhirServer);
    if (ids.length > 0) wanted.set(name, ids);
  }
  if (wanted.size === 0) return slices;
  const known = new Map<string, RawResource>();
  for (const slice of slices.values()) {
    if (slice.state === 'unavailable') continue;
    for (const resource of [...slice.resources, ...slice.included]) {
      if (resource.resourceType === 'Medication' && typeof resource.id === 'string') known.set(resource.id, resource);
    }
  }
  const unknown = [...new Set([...wanted.values()].flat())].filter((id) => !known.has(id));
  await Promise.all(
    unknown.slice(0, MAX_READS).map(async (id) => {
      const result = await reader()?.read(`Medication/${id}`);
      if (result?.ok && result.resource.resourceType === 'Medication' && result.resource.id === id) {
        known.set(id, result.resource);
      }
    }),
  );
  return new Map([...slices].map(([name, slice]) => [name, withMedications(slice, wanted.get(name) ?? [], known)]));
}

function listMedicationIds(resources: readonly RawResource[], fhirServer: string | undefined): string[] {
  return [...new Set(resources.flatMap((resource) => readMedicationId(resource, fhirServer) ?? []))];
}

/** The id in `Medication/<id>`, relative or under the server of the call. */
function readMedicationId({ medicationReference }: RawResource, fhirServer: string | undefined): string | undefined {
  const reference = (medicationReference as { reference?: unknown } | null | undefined)?.reference;
  if (typeof reference !== 'string') return undefined;
  const isLocal = fhirServer !== undefined && reference.startsWith(`${fhirServer}/`);
  const relative = isLocal ? reference.slice(fhirServer.length + 1) : reference;
  return /^Medication\/(?!\.+(?:$|\/))([A-Za-z0-9\-._]{1,128})(?:\/_history\/[^/]*)?$/.exec(relative)?.[1];
}

function withMedications(slice: Slice, ids: readonly string[], known: ReadonlyMap<string, RawResource>): Slice {
  if (slice.state === 'unavailable') return slice;
  const present = new Set(slice.included.map(({ resourceType, id }) => `${resourceType}/${string(id) ?? ''}`));
  const added = ids.filter((id) => !present.has(`Medication/${id}`)).flatMap((id) => known.get(id) ?? []);
  return added.length === 0 ? slice : { ...slice, included: [...slice.included, ...added] };
}
