import { dayOf, isoDay, parseFhirDate } from './dates.ts';

/** The day on which the stories of the fixtures take place. */
const STORY_DAY = dayOf(2026, 11, 24);

const WHOLE = /^\d{4}-\d{2}-\d{2}(?=$|T)/;
const MONTH = /^\d{4}-\d{2}$/;
const YEAR = /^\d{4}$/;
/** Elements of FHIR R4 whose value is a date: four digits elsewhere are a code or a value. http://hl7.org/fhir/R4/datatypes.html#dateTime */
const NAMES_DATE = /^(?:start|end|issued|created|sent|received|authoredOn|event)$|[dD]ate(?:Time)?$/;

/** A copy of a resource or request of the fixtures, every date moved so that its story takes place on `today`. */
export function moveStory<T>(value: T, today: number): T {
  return move(value, today - STORY_DAY, '') as T;
}

function move(value: unknown, days: number, name: string): unknown {
  if (typeof value === 'string') return moveDate(value, days, name);
  if (Array.isArray(value)) return value.map((one) => move(one, days, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, move(one, days, key)]));
}

/** A date of a month or a year only stays as partial as it is: it goes where its middle goes. */
function moveDate(text: string, days: number, name: string): string {
  const span = parseFhirDate(text);
  if (span === undefined) return text;
  if (WHOLE.test(text)) return isoDay(span.min + days) + text.slice(10);
  if (!NAMES_DATE.test(name) || !(MONTH.test(text) || YEAR.test(text))) return text;
  return isoDay(Math.floor((span.min + span.max) / 2) + days).slice(0, text.length);
}
