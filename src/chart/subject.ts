import type { RawResource } from '../cds-hooks/types.ts';

/** Elements in which FHIR R4 resources name the patient they are about. */
const SUBJECTS = ['subject', 'patient', 'beneficiary'] as const;

/**
 * Whether a resource is about somebody other than this patient. A subject that is absent, contained or a `urn:` says
 * nothing either way and does not count; a group or a device does.
 */
export function isAboutAnother(resource: RawResource, patientId: string): boolean {
  if (resource.resourceType === 'Patient') return resource.id !== undefined && resource.id !== patientId;
  for (const element of SUBJECTS) {
    const subject = resource[element];
    if (subject !== undefined && namesAnother(subject, patientId)) return true;
  }
  return false;
}

/** Of a list of subjects one has to be the patient. */
function namesAnother(subject: unknown, patientId: string): boolean {
  const references = (Array.isArray(subject) ? subject : [subject])
    .map(readReference)
    .filter((reference) => reference !== '' && !reference.startsWith('#') && !/^urn:/i.test(reference));
  return references.length > 0 && !references.some((reference) => namesPatient(reference, patientId));
}

function readReference(value: unknown): string {
  const reference = typeof value === 'object' && value !== null ? (value as { reference?: unknown }).reference : value;
  return typeof reference === 'string' ? reference.trim() : '';
}

/** Takes `Patient/1`, `https://host/fhir/Patient/1`, either with `/_history/2`, and the bare `1` that some systems send. */
function namesPatient(reference: string, patientId: string): boolean {
  if (reference === `Patient/${patientId}`) return true;
  const segments = reference.replace(/\/_history(?:\/.*)?$/, '').split('/');
  const id = segments.pop();
  const type = segments.pop() ?? 'Patient';
  return type === 'Patient' && id === patientId;
}
