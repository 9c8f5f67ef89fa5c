import type { RawResource } from '../cds-hooks/types.ts';
import type { FhirReader, ReadResult, SliceDefinition } from '../chart/slice.ts';
import { at, list, member, string, text } from '../logic/json.ts';
import { momentAt } from './moment.ts';

/** Elements behind the search parameters that sort by a date, for the types that have one. http://hl7.org/fhir/R4/searchparameter-registry.html */
const DATES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Condition: { 'recorded-date': ['recordedDate'], 'onset-date': ['onsetDateTime', 'onsetPeriod.start'] },
  AllergyIntolerance: { date: ['recordedDate'] },
  Procedure: { date: ['performedDateTime', 'performedPeriod.start'] },
  Encounter: { date: ['period.start'] },
  Appointment: { date: ['start'] },
  CarePlan: { date: ['period.start'] },
  ServiceRequest: { authored: ['authoredOn'], occurrence: ['occurrenceDateTime', 'occurrencePeriod.start'] },
  MedicationRequest: { authoredon: ['authoredOn'] },
  MedicationStatement: { effective: ['effectiveDateTime', 'effectivePeriod.start'] },
  MedicationAdministration: { 'effective-time': ['effectiveDateTime', 'effectivePeriod.start'] },
  MedicationDispense: { whenhandedover: ['whenHandedOver'] },
  Observation: { date: ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod.start'] },
  DiagnosticReport: { date: ['effectiveDateTime', 'effectivePeriod.start'], issued: ['issued'] },
  Immunization: { date: ['occurrenceDateTime'] },
  Communication: { sent: ['sent'] },
  Goal: { 'start-date': ['startDate'] },
  ExplanationOfBenefit: { created: ['created'] },
  Claim: { created: ['created'] },
};

/** Elements behind the search parameters that compare a code. */
const TOKENS: Readonly<Record<string, string>> = {
  code: 'code',
  category: 'category',
  status: 'status',
  type: 'type',
  'clinical-status': 'clinicalStatus',
  'verification-status': 'verificationStatus',
  intent: 'intent',
};
const WHOSE = new Set(['patient', 'subject', 'beneficiary']);
const OFFSET = '_offset';

/** Why the templates of slices cannot be answered from a chart in memory; none when all can. */
export const unanswerable = (slices: Iterable<SliceDefinition>): string[] =>
  [...slices].flatMap(({ name, type, template }) => {
    const [, query] = splitOnce(template, '?');
    return [...new URLSearchParams(query)].flatMap(([parameter, value]) =>
      canAnswer(type, parameter, value) ? [] : [`slice ${name}: ${parameter}=${value} of ${type}`],
    );
  });

function canAnswer(type: string, parameter: string, value: string): boolean {
  if (parameter === '_sort') return sortPaths(type, value) !== undefined;
  return parameter === '_count' || WHOSE.has(parameter) || Object.hasOwn(TOKENS, parameter);
}

/** One patient's chart by type, as far as a reader may see it; undefined when the type cannot be had at all. */
export type ChartSource = (type: string) => readonly RawResource[] | undefined;

/** Reads and searches over one patient's chart, as the FHIR server of an EHR answers them: bounded, sorted, with `next` links. */
export const readerOver = (chart: ChartSource): FhirReader => ({
  read: async (path) => {
    const [where, query] = splitOnce(path, '?');
    const [type = '', id] = where.split('/');
    const resources = chart(type);
    if (resources === undefined) return { ok: false, reason: 'the export holds none, or not all' };
    return query === undefined ? findOne(resources, id) : { ok: true, resource: searchset(resources, type, query) };
  },
});

function findOne(resources: readonly RawResource[], encoded = ''): ReadResult {
  const id = decodeURIComponent(encoded);
  const resource = resources.find((one) => one.id === id);
  return resource === undefined ? { ok: false, reason: 'there is no such resource' } : { ok: true, resource };
}

function searchset(resources: readonly RawResource[], type: string, query: string): RawResource {
  const parameters = new URLSearchParams(query);
  const tokens = [...parameters].filter(([name]) => Object.hasOwn(TOKENS, name));
  const fits = (one: RawResource) =>
    tokens.every(([name, wanted]) => bearsToken(at(one, TOKENS[name] as string), wanted));
  const found = sorted(resources.filter(fits), type, parameters.get('_sort') ?? '');
  const offset = Number(parameters.get(OFFSET) ?? 0);
  const end = offset + Number(parameters.get('_count') ?? found.length);
  parameters.set(OFFSET, String(end));
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(end < found.length && { link: [{ relation: 'next', url: `${type}?${parameters}` }] }),
    entry: found.slice(offset, end).map((resource) => ({ resource })),
  };
}

/** Any of the comma list equals any of the codes, with or without its system. */
function bearsToken(values: readonly unknown[], wanted: string): boolean {
  const codes = values.flatMap((value) =>
    typeof value === 'string' ? [{ code: value }] : [...list(member(value, 'coding')), value],
  );
  return wanted.split(',').some((token) => {
    const [system, code] = token.includes('|') ? splitOnce(token, '|') : [undefined, token];
    return codes.some(
      (one) => string(member(one, 'code')) === code && (system === undefined || text(one, 'system') === system),
    );
  });
}

/** What has no date comes last, whichever way the sort goes; equal dates keep the order of the chart. */
function sorted(found: readonly RawResource[], type: string, sort: string): readonly RawResource[] {
  const paths = sortPaths(type, sort);
  if (paths === undefined) return found;
  const sign = sort.startsWith('-') ? -1 : 1;
  const timed = found.map((resource) => ({ resource, time: timeOf(resource, paths) }));
  timed.sort((a, b) => {
    if (a.time === undefined || b.time === undefined)
      return Number(a.time === undefined) - Number(b.time === undefined);
    return sign * (a.time - b.time);
  });
  return timed.map(({ resource }) => resource);
}

const sortPaths = (type: string, sort: string): readonly string[] | undefined => DATES[type]?.[sort.replace(/^-/, '')];

const MS_PER_DAY = 86_400_000;
function timeOf(resource: RawResource, paths: readonly string[]): number | undefined {
  const moment = momentAt(resource, paths);
  return moment === undefined ? undefined : (moment.instant ?? moment.days.min * MS_PER_DAY);
}

function splitOnce(whole: string, separator: string): [string, string | undefined] {
  const index = whole.indexOf(separator);
  return index < 0 ? [whole, undefined] : [whole.slice(0, index), whole.slice(index + separator.length)];
}
