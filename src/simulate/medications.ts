import type { RawResource } from '../cds-hooks/types.ts';
import { text } from '../logic/json.ts';
import { cellsOf, linesIn, type Parts, PartWriter, type Place, type Row, readRow, rowOf } from './parts.ts';
import { numberOf } from './shares.ts';

const BUCKETS = 64;
/** Files in which Medications meet the orders that name them. */
export const BUCKET_NAMES: readonly string[] = Array.from({ length: BUCKETS }, (_, index) => `medications-${index}`);
const bucketOf = (id: string): string => BUCKET_NAMES[numberOf(id) % BUCKETS] as string;

/** A Medication of a bulk export, which keeps them apart from patients. */
export const keepMedication = (writer: PartWriter, id: string, place: Place, json: string): void =>
  writer.append(bucketOf(id), rowOf(place, 'Medication', id, json));

/** Notes which Medication an order of a patient names, if it names one. */
export function wantMedication(writer: PartWriter, order: RawResource, patient: string): void {
  const reference = text(order, 'medicationReference.reference') ?? '';
  const id = /(?:^|\/)Medication\/([A-Za-z0-9._-]{1,128})/.exec(reference)?.[1];
  if (id !== undefined) writer.append(bucketOf(id), `?\t${id}\t${patient}\n`);
}

/** Gives each patient the Medications of a bucket that their orders name. */
export function joinMedications(to: Parts, bucket: string): void {
  const medications = new Map<string, Row>();
  const wanted = new Map<string, Set<string>>();
  for (const line of linesIn(to.dir, bucket)) {
    if (line.startsWith('?')) {
      const [, id = '', patient = ''] = cellsOf(line, 3);
      wanted.set(id, (wanted.get(id) ?? new Set()).add(patient));
    } else {
      const row = readRow(line);
      medications.set(row.id, row);
    }
  }
  const writer = new PartWriter(to, bucket);
  for (const [id, patients] of wanted) {
    const medication = medications.get(id);
    if (medication !== undefined) for (const patient of patients) writer.put(patient, medication.place, medication);
  }
  writer.close();
}
