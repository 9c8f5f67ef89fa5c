import { type Diagnostic, InvalidRequest } from '../errors.ts';
import { isObject, member } from '../logic/json.ts';
import { feedbackItemSchema } from './schemas.ts';
import type { Feedback } from './types.ts';
import { compileSchema, listViolations } from './violations.ts';

const MAX_ITEMS = 1000;

const validateItem = compileSchema(feedbackItemSchema);

/** The well-formed items of a feedback call, in order, and what is wrong with the others. */
export interface ParsedFeedback {
  readonly items: Feedback[];
  readonly problems: Diagnostic[];
}

/**
 * Checks the body of a feedback call item by item. Unknown members are dropped, unknown reason codes are fine.
 * https://cds-hooks.hl7.org/#feedback
 *
 * @throws InvalidRequest when the body as a whole is not a list of 1 to 1000 items
 */
export function parseFeedback(body: unknown): ParsedFeedback {
  const items: Feedback[] = [];
  const problems: Diagnostic[] = [];
  for (const [index, given] of listItems(body).entries()) {
    const item = asStandard(given);
    const found = checkItem(item, `/feedback/${index}`);
    if (found.length === 0) items.push(copyItem(item as Feedback));
    problems.push(...found);
  }
  return { items, problems };
}

function listItems(body: unknown): readonly unknown[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw refuse('', 'must be a JSON object');
  if (!Object.hasOwn(body, 'feedback')) throw refuse('/feedback', 'is missing');
  const { feedback } = body as { feedback: unknown };
  if (!Array.isArray(feedback) || feedback.length === 0)
    throw refuse('/feedback', 'must be an array of at least one item');
  if (feedback.length > MAX_ITEMS) throw refuse('/feedback', `must have at most ${MAX_ITEMS} items`);
  return feedback;
}

/** Epic's documentation has the reason under `overrideReasons`; what is there and fits is taken for it. https://fhir.epic.com/Documentation?docId=cds-hooks */
function asStandard(item: unknown): unknown {
  const told = member(item, 'overrideReasons');
  if (!isObject(item) || !isObject(told) || Object.hasOwn(item, 'overrideReason')) return item;
  const read = { ...item, overrideReason: told };
  return validateItem(read) ? read : item;
}

function refuse(pointer: string, message: string): InvalidRequest {
  return new InvalidRequest('The feedback does not follow CDS Hooks', [{ pointer, message }]);
}

function checkItem(item: unknown, pointer: string): Diagnostic[] {
  const problems = validateItem(item) ? [] : listViolations(validateItem, pointer);
  const stamp = (item as Partial<Feedback> | null)?.outcomeTimestamp;
  if (typeof stamp === 'string' && !isUtcTime(stamp)) {
    const message = 'must be a UTC time as in RFC 3339, such as 2026-01-31T09:30:00Z';
    problems.push({ pointer: `${pointer}/outcomeTimestamp`, message });
  }
  return problems;
}

/** An RFC 3339 `date-time` with offset `Z` or `+00:00` that names a day of the calendar. */
function isUtcTime(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,20})?(?:Z|\+00:00)$/i.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return month >= 1 && day >= 1 && day <= daysIn(year, month) && hour <= 23 && minute <= 59 && second <= 59;
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

function copyItem(item: Feedback): Feedback {
  const { card, outcome, outcomeTimestamp } = item;
  if (outcome === 'accepted') {
    const acceptedSuggestions = (item.acceptedSuggestions ?? []).map(({ id }) => ({ id }));
    return { card, outcome, acceptedSuggestions, outcomeTimestamp };
  }
  const overrideReason = copyReason(item.overrideReason);
  return { card, outcome, ...(overrideReason !== undefined && { overrideReason }), outcomeTimestamp };
}

type OverrideReason = NonNullable<Feedback['overrideReason']>;

/** An empty comment says nothing and is left out. */
function copyReason(given: OverrideReason | undefined): OverrideReason | undefined {
  if (given === undefined) return undefined;
  const { reason, userComment } = given;
  const copy: OverrideReason = {
    ...(reason && { reason: { code: reason.code, ...(reason.system !== undefined && { system: reason.system }) } }),
    ...(userComment && { userComment }),
  };
  return Object.keys(copy).length > 0 ? copy : undefined;
}
