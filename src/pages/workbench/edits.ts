import type { CodedText } from '../../workbench/explanation.ts';
import type { Resource } from './chart.ts';
import { conceptOf } from './order.ts';

/** What is changed in a chart before it is sent. */
export interface Edits {
  readonly hasRedFlag: boolean;
  readonly hasPhysiotherapy: boolean;
  /** The call comes so many weeks later. */
  readonly weeksLater: number;
}

export const NO_EDITS: Edits = { hasRedFlag: false, hasPhysiotherapy: false, weeksLater: 0 };
export const LATER = [0, 4, 8, 13, 26, 52] as const;

const MS_PER_DAY = 86_400_000;
const PHYSIOTHERAPY = { system: 'http://snomed.info/sct', code: '91251008', display: 'Physical therapy procedure' };
/** From nine weeks ago to two days ago, weekly: eight weeks and more, and more contacts than any card asks for. */
const CONTACTS = Array.from({ length: 9 }, (_, week) => 58 - week * 7);

/** What the edits add to a chart. */
export function addedBy(edits: Edits, patientId: string, today: string, reason: CodedText): Resource[] {
  const subject = { reference: `Patient/${patientId}` };
  const redFlag: Resource = {
    resourceType: 'Condition',
    id: 'edit-red-flag',
    clinicalStatus: {
      coding: [{ code: 'active', system: 'http://terminology.hl7.org/CodeSystem/condition-clinical' }],
    },
    code: conceptOf({ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'R33.9', text: 'Urinary retention' }),
    subject,
    recordedDate: today,
    onsetDateTime: today,
  };
  const contacts = CONTACTS.map(
    (daysAgo): Resource => ({
      resourceType: 'Procedure',
      id: `edit-physiotherapy-${daysAgo}`,
      status: 'completed',
      code: { coding: [PHYSIOTHERAPY], text: 'Therapeutic exercise' },
      subject,
      performedDateTime: daysBefore(today, daysAgo),
      reasonCode: [conceptOf(reason)],
    }),
  );
  return [...(edits.hasRedFlag ? [redFlag] : []), ...(edits.hasPhysiotherapy ? contacts : [])];
}

const daysBefore = (day: string, days: number): string =>
  new Date(Date.parse(day) - days * MS_PER_DAY).toISOString().slice(0, 10);
