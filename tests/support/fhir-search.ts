import type { Bundle, BundleEntry, Resource } from 'fhir/r4.js';

/** Where the fixture patients live: the base of every `fullUrl` and of the `next` links. */
export const FHIR_BASE = 'https://ehr.example.org/fhir';

type Row = Readonly<Record<string, unknown>>;

/** The element behind `date`-like parameters, per type; a Period counts by its start. */
const SORT_PATHS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Condition: { 'recorded-date': ['recordedDate'] },
  Procedure: { date: ['performedDateTime', 'performedPeriod.start'] },
  Encounter: { date: ['period.start'] },
  Appointment: { date: ['start'] },
  ServiceRequest: { authored: ['authoredOn'] },
  MedicationRequest: { authoredon: ['authoredOn'] },
  MedicationAdministration: { 'effective-time': ['effectiveDateTime', 'effectivePeriod.start'] },
  Observation: { date: ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod.start'] },
  DiagnosticReport: { date: ['effectiveDateTime', 'effectivePeriod.start'] },
  CarePlan: { date: ['period.start'] },
  ExplanationOfBenefit: { created: ['created'] },
};

/**
 * A FHIR read or search over one Bundle, as much of one as the prefetch templates need: reads by id, and searches by `patient`, `code`,
 * `category`, `_sort` and `_count`. A read that finds nothing gives `undefined` (a 404). A search gives a searchset Bundle, with a `next`
 * link when `_count` left rows over; that link is understood here too. Any other parameter throws: a server that ignores one proves nothing.
 *
 * @param relativeUrl `Type/id`, `Type?...`, `?page=...`, or any of these under `base`
 */
export function search(bundle: Bundle, relativeUrl: string, base = FHIR_BASE): Resource | undefined {
  const relative = relativeUrl.startsWith(base) ? relativeUrl.slice(base.length) : relativeUrl;
  const url = relative.replace(/^\//, '');
  const entries = bundle.entry ?? [];
  const [path = '', query] = splitOnce(url, '?');

  if (query === undefined) {
    const [type, id, ...rest] = path.split('/');
    if (rest.length > 0) throw new Error(`not a read this evaluator knows: ${url}`);
    return entries.find(({ resource }) => resource?.resourceType === type && resource?.id === id)?.resource;
  }

  const parameters = new URLSearchParams(query);
  if (path === '') {
    const [offset = '', ...original] = (parameters.get('page') ?? '').split(':');
    return searchset(entries, original.join(':'), Number(offset), base);
  }
  return searchset(entries, url, 0, base);
}

/** Fills each template from `context` and runs it, as an EHR prefetches: a key whose token has no value, or whose read finds nothing, is left out. */
export function prefetchFrom(
  bundle: Bundle,
  templates: Readonly<Record<string, string>>,
  context: object,
  base = FHIR_BASE,
): Record<string, unknown> {
  const prefetch: Record<string, unknown> = {};
  for (const [key, template] of Object.entries(templates)) {
    const url = fill(template, context as Row);
    const found = url === undefined ? undefined : search(bundle, url, base);
    if (found !== undefined) prefetch[key] = found;
  }
  return prefetch;
}

/** The template with its `{{context.*}}` tokens replaced, or `undefined` when one has no value. */
function fill(template: string, context: Row): string | undefined {
  let complete = true;
  const url = template.replace(/\{\{\s*context\.(\w+)\s*\}\}/g, (_, field: string) => {
    const value = context[field];
    complete &&= typeof value === 'string';
    return String(value);
  });
  return complete ? url : undefined;
}

function searchset(all: readonly BundleEntry[], url: string, offset: number, base: string): Bundle {
  const [type = '', query = ''] = splitOnce(url, '?');
  const tests: ((row: Row) => boolean)[] = [];
  let compare: (a: Row, b: Row) => number = () => 0;
  let count = Number.POSITIVE_INFINITY;

  for (const [name, value] of new URLSearchParams(query)) {
    if (name === 'patient') tests.push((row) => patients(row).has(value.replace(/^Patient\//, '')));
    else if (name === 'code' || name === 'category') tests.push((row) => hasToken(row[name], value));
    else if (name === '_sort') compare = sorter(type, value);
    else if (name === '_count') count = Number(value);
    else throw new Error(`not a search parameter this evaluator knows: ${name} in ${url}`);
  }

  const found = all
    .filter(({ resource }) => resource?.resourceType === type)
    .filter(({ resource }) => tests.every((test) => test(resource as unknown as Row)))
    .toSorted((a, b) => compare(a.resource as unknown as Row, b.resource as unknown as Row));
  const page = found.slice(offset, offset + count);
  const next = offset + count;

  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: found.length,
    ...(next < found.length && {
      link: [{ relation: 'next', url: `${base}?page=${encodeURIComponent(`${next}:${url}`)}` }],
    }),
    ...(page.length > 0 && {
      entry: page.map(({ fullUrl, resource }) => ({
        ...(fullUrl !== undefined && { fullUrl: fullUrl.replace(FHIR_BASE, base) }),
        ...(resource !== undefined && { resource }),
        search: { mode: 'match' as const },
      })),
    }),
  };
}

/** Ids of the patients a resource is about, wherever its type keeps them. */
export function patients(row: Row): ReadonlySet<string> {
  const participants = Array.isArray(row.participant) ? row.participant : [];
  const references = [row.subject, row.patient, ...participants.map((each) => (each as Row).actor)];
  return new Set(
    references
      .map((reference) => (reference as Row | undefined)?.reference)
      .filter((reference): reference is string => typeof reference === 'string' && reference.startsWith('Patient/'))
      .map((reference) => reference.slice('Patient/'.length)),
  );
}

/** FHIR token search: any of the comma list equals any coding, with or without its system. */
function hasToken(concepts: unknown, wanted: string): boolean {
  const codings = [concepts].flat().flatMap((concept) => ((concept as Row | undefined)?.coding ?? []) as Row[]);
  return wanted.split(',').some((token) => {
    const [system, code] = token.includes('|') ? splitOnce(token, '|') : [undefined, token];
    return codings.some((coding) => coding.code === code && (system === undefined || coding.system === system));
  });
}

/** Rows without the date come last, whichever way the sort goes; equal dates keep the order of the Bundle. */
function sorter(type: string, sort: string): (a: Row, b: Row) => number {
  const descending = sort.startsWith('-');
  const name = descending ? sort.slice(1) : sort;
  const paths = SORT_PATHS[type]?.[name];
  if (paths === undefined) throw new Error(`not a sort this evaluator knows: ${sort} of ${type}`);
  const time = (row: Row) => paths.map((path) => Date.parse(String(at(row, path)))).find((ms) => !Number.isNaN(ms));
  return (a, b) => {
    const [left, right] = [time(a), time(b)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return descending ? right - left : left - right;
  };
}

/** Partial dates (`2021`, `2026-03`) and dates parse as UTC, so no result hangs on the machine's time zone. */
function at(row: Row, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Row | undefined)?.[key], row);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + separator.length)];
}
