import type { CodedText } from '../../workbench/explanation.ts';
import type { Chart, Resource } from './chart.ts';
import { conceptOf, referenceOf } from './order.ts';

/** What is changed in a chart before it is sent. */
export interface Edits {
  readonly hasRedFlag: boolean;
  readonly hasPhysiotherapy: boolean;
  /** The call comes so many weeks later. */
  readonly weeksLater: number;
  readonly moved: readonly Move[];
}

/** An entry that stands so many days later than it did, or earlier. */
export interface Move {
  /** `Type/id`. */
  readonly reference: string;
  readonly label: string;
  readonly days: number;
}

export const NO_EDITS: Edits = { hasRedFlag: false, hasPhysiotherapy: false, weeksLater: 0, moved: [] };
export const LATER = [0, 4, 8, 13, 26, 52] as const;

const RED_FLAG = 'edit-red-flag';
const CONTACT = 'edit-physiotherapy-';
const MS_PER_DAY = 86_400_000;
const PHYSIOTHERAPY = { system: 'http://snomed.info/sct', code: '91251008', display: 'Physical therapy procedure' };
/** From nine weeks ago to two days ago, weekly: eight weeks and more, and more contacts than any card asks for. */
const CONTACTS = Array.from({ length: 9 }, (_, week) => 58 - week * 7);

/** What the edits add to a chart. */
export function addedBy(
  edits: Edits,
  words: { readonly retention: string; readonly exercise: string },
  patientId: string,
  today: string,
  reason: CodedText,
): Resource[] {
  const subject = { reference: `Patient/${patientId}` };
  const redFlag: Resource = {
    resourceType: 'Condition',
    id: RED_FLAG,
    clinicalStatus: {
      coding: [{ code: 'active', system: 'http://terminology.hl7.org/CodeSystem/condition-clinical' }],
    },
    code: conceptOf({ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'R33.9', text: words.retention }),
    subject,
    recordedDate: today,
    onsetDateTime: today,
  };
  const contacts = CONTACTS.map(
    (daysAgo): Resource => ({
      resourceType: 'Procedure',
      id: `${CONTACT}${daysAgo}`,
      status: 'completed',
      code: { coding: [PHYSIOTHERAPY], text: words.exercise },
      subject,
      performedDateTime: dayAfter(today, -daysAgo),
      reasonCode: [conceptOf(reason)],
    }),
  );
  return [...(edits.hasRedFlag ? [redFlag] : []), ...(edits.hasPhysiotherapy ? contacts : [])];
}

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * MS_PER_DAY).toISOString().slice(0, 10);

/** An entry on the time axis, or a part of one (`Type/id#2`). */
type Entry = Pick<Move, 'reference' | 'label'> & { readonly from: string };

/** An entry as a call was answered, and as it is now: the answer comes later than the edit. */
export interface Dated {
  /** Where it stands in the patient's own chart. */
  readonly own: string;
  readonly now: string;
}

/** @param answered the moves that the answer knew of, which the entry stands in */
export function dated({ reference, from }: Entry, answered: readonly Move[], moved: readonly Move[]): Dated {
  const own = dayAfter(from, -daysOf(reference, answered));
  return { own, now: dayAfter(own, daysOf(reference, moved)) };
}

/** The edits with an entry, or part of one, moved to a day. */
export function moveTo(edits: Edits, { reference, label }: Entry, own: string, to: string): Edits {
  const whole = wholeOf(reference);
  const days = Math.round((Date.parse(to) - Date.parse(own)) / MS_PER_DAY);
  const before = edits.moved.find((one) => one.reference === whole);
  const move = { reference: whole, label: before?.label ?? label, days };
  const moved = before === undefined ? [...edits.moved, move] : edits.moved.map((one) => (one === before ? move : one));
  return { ...edits, moved: moved.filter((one) => one.days !== 0) };
}

/** The edits with something added or taken away; what is taken away is moved no more. */
export const withAdded = (edits: Edits, change: Partial<Edits>): Edits => {
  const next = { ...edits, ...change };
  const isThere = ({ reference }: Move) =>
    (next.hasRedFlag || reference !== `Condition/${RED_FLAG}`) &&
    (next.hasPhysiotherapy || !reference.startsWith(`Procedure/${CONTACT}`));
  return { ...next, moved: next.moved.filter(isThere) };
};

const wholeOf = (reference: string): string => reference.replace(/#\d+$/, '');
const daysOf = (reference: string, moved: readonly Move[]): number =>
  moved.find((one) => one.reference === wholeOf(reference))?.days ?? 0;

/** A chart with its entries where the edits have them. */
export function applyMoves(chart: Chart, moved: readonly Move[]): Chart {
  const days = new Map(moved.map((one) => [one.reference, one.days]));
  return {
    ...chart,
    entry: (chart.entry ?? []).map(({ resource, ...entry }) => ({
      ...entry,
      ...(resource && { resource: shifted(resource, days.get(referenceOf(resource)) ?? 0) as Resource }),
    })),
  };
}

const DAY = /^\d{4}-\d{2}-\d{2}(?=$|T)/;
const YEAR_OR_MONTH = /^\d{4}(?:-\d{2})?$/;
/** FHIR elements that a part of a date may stand in, which elsewhere is only a number. */
const DATED = /date|time|start|end|issued|created|authored|period/i;

/** Every date in it so many days later; part of a date becomes the day it begins with. */
function shifted(value: unknown, days: number, key = ''): unknown {
  if (days === 0) return value;
  if (Array.isArray(value)) return value.map((one) => shifted(one, days, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shifted(one, days, name)]));
  if (typeof value !== 'string') return value;
  if (DATED.test(key) && YEAR_OR_MONTH.test(value)) return dayAfter(value, days);
  return value.replace(DAY, (day) => dayAfter(day, days));
}
