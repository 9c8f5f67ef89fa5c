import type { Bundle, FhirResource, Resource } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import { patients, prefetchFrom, search } from '../support/fhir-search.ts';
import {
  allPatients,
  allRequests,
  expectations,
  expectedPrefetch,
  readPatient,
  readRequest,
  templates,
  writeRequests,
} from '../support/fixtures.ts';

const TEMPLATES = templates();
if (process.env.UPDATE_FIXTURES === '1') writeRequests(TEMPLATES);

const PATIENTS = allPatients();
const REQUESTS = allRequests();
const FHIR_ID = /^[A-Za-z0-9.-]{1,64}$/;

const resources = (bundle: Bundle): Resource[] =>
  (bundle.entry ?? []).flatMap(({ resource }) => (resource === undefined ? [] : [resource]));

/** Every object anywhere in `value`, itself included. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const each of Object.values(value)) yield* objectsIn(each);
}

/** Names of people: of a HumanName, and of a reference to somebody. */
const peopleIn = (value: unknown): string[] =>
  [...objectsIn(value)].flatMap(({ family, reference, display }) => [
    ...(typeof family === 'string' ? [family] : []),
    ...(/^(Patient|Practitioner|RelatedPerson)/.test(String(reference)) && typeof display === 'string'
      ? [display]
      : []),
  ]);

describe.each(PATIENTS)('patient %s', (name) => {
  const bundle = readPatient(name);

  test('is asked about in a request', () => {
    expect(REQUESTS.map((path) => readRequest(path).context.patientId)).toContain(name);
  });

  test('has one Patient, whose id is the name of the file', () => {
    expect(bundle.type).toBe('collection');
    const found = resources(bundle).filter(({ resourceType }) => resourceType === 'Patient');
    expect(found.map(({ id }) => id)).toEqual([name]);
  });

  test('owns every other resource of the Bundle', () => {
    for (const resource of resources(bundle).filter(({ resourceType }) => resourceType !== 'Patient')) {
      expect([...patients({ ...resource })], resource.id).toEqual([name]);
    }
  });

  test('was issued and updated at instants, whole to the second', () => {
    const instants = [...objectsIn(bundle)].flatMap(({ issued, lastUpdated }) => [issued, lastUpdated]);
    const isWhole = (one: unknown) =>
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(String(one));
    expect(instants.filter((one) => one !== undefined && !isWhole(one))).toEqual([]);
  });

  test('points to nobody and nothing of another chart', () => {
    const own = new Set(resources(bundle).map(({ resourceType, id }) => `${resourceType}/${id}`));
    const references = [...objectsIn(bundle)].flatMap(({ reference }) => (reference === undefined ? [] : [reference]));
    const elsewhere = references.filter((reference) => !/^(Practitioner|Location)\//.test(String(reference)));
    expect(elsewhere.filter((reference) => !own.has(String(reference)))).toEqual([]);
  });

  test('names its entries by their full URLs', () => {
    for (const { fullUrl, resource } of bundle.entry ?? []) {
      if (fullUrl === undefined) continue; // the quick look has no room for them
      expect(fullUrl).toBe(`https://ehr.example.org/fhir/${resource?.resourceType}/${resource?.id}`);
    }
  });
});

test('resource ids are valid and unique over all patients', () => {
  const ids = PATIENTS.flatMap((name) => resources(readPatient(name)).map(({ id }) => id));
  expect(ids.filter((id) => !FHIR_ID.test(String(id)))).toEqual([]);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

describe.each(REQUESTS)('request %s', (path) => {
  const request = readRequest(path);
  const { context } = request;

  test('has the envelope of its hook', () => {
    expect(request.hook).toBe(path.split('/')[0]);
    expect(request.hookInstance).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(context.userId).toMatch(/^[A-Za-z]+\/[A-Za-z0-9.-]+$/);
    expect('selections' in context).toBe(request.hook === 'order-select');
    if (request.fhirAuthorization !== undefined) expect(request.fhirServer).toBeDefined();
  });

  test('selects orders that are among its drafts, all for its patient', () => {
    const drafts = resources(context.draftOrders);
    const references = drafts.map(({ resourceType, id }) => `${resourceType}/${id}`);
    expect(references).toEqual(expect.arrayContaining(context.selections ?? []));
    for (const draft of drafts) expect([...patients({ ...draft })], draft.id).toEqual([context.patientId]);
  });

  test('has the prefetch that the templates give', () => {
    expect(request.prefetch).toEqual(expectedPrefetch(request, TEMPLATES));
  });
});

test('hook instances are unique', () => {
  const instances = REQUESTS.map((path) => readRequest(path).hookInstance);
  expect(new Set(instances).size).toBe(instances.length);
});

test('every request has its row in expected.json, with a card exactly where one is expected', () => {
  expect(
    expectations()
      .map(({ file }) => file)
      .sort(),
  ).toEqual([...REQUESTS].sort());
  for (const { file, expect: outcome, card } of expectations()) expect(card === null, file).toBe(outcome === 'silent');
});

/** Evidence, section 9. The sixth is a warning there; ruling 1 makes care of the last year partial, and so information. */
const SECTION_9 = {
  1: 'warning',
  2: 'silent',
  3: 'warning',
  4: 'info',
  5: 'silent',
  6: 'info',
  7: 'warning',
  8: 'silent',
  9: 'silent',
  10: 'info',
  11: 'info',
  12: 'silent',
  13: 'silent',
  14: 'info',
};

test('all fourteen test patients of the evidence are asked about, each with the outcome it has there or by a ruling', () => {
  const rows = expectations().flatMap(({ testPatient, expect: outcome }) =>
    testPatient === undefined ? [] : [[testPatient, outcome] as const],
  );
  expect(rows.length).toBe(14);
  expect(Object.fromEntries(rows)).toEqual(SECTION_9);
});

test('the quick look fits a terminal: under 2,000 characters, no single quote', () => {
  const minified = JSON.stringify(readRequest('order-select/quick-look.json'));
  expect(minified.length).toBeLessThan(2000);
  expect(minified).not.toContain("'");
});

test('everybody is invented: names end with Example, telephones with 555-01xx, addresses lie in Exampleville', () => {
  const all = [...PATIENTS.map(readPatient), ...REQUESTS.map(readRequest)];
  const people = [...new Set(all.flatMap(peopleIn))];
  expect(people.filter((person) => !/Example(, \S+)?$/.test(person))).toEqual([]);
  for (const { system, value, city } of all.flatMap((each) => [...objectsIn(each)])) {
    if (system === 'phone') expect(value).toMatch(/^555-01\d\d$/);
    if (system === 'email') expect(value).toMatch(/@example\.org$/);
    if (city !== undefined) expect(city).toBe('Exampleville');
  }
});

describe('the in-memory FHIR search', () => {
  const visit = (id: string, start?: string): FhirResource => ({
    resourceType: 'Encounter',
    id,
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/p' },
    ...(start !== undefined && { period: { start } }),
  });
  const observation = (id: string, system: string, code: string, category: string, patient = 'p'): FhirResource => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [{ coding: [{ system: 'urn:x', code: 'local' }] }, { coding: [{ code: category }] }],
    code: { coding: [{ system, code }] },
    subject: { reference: `Patient/${patient}` },
  });
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      visit('undated'),
      visit('year', '2025'),
      visit('offset', '2026-03-01T23:30:00-05:00'),
      visit('utc', '2026-03-02T03:00:00Z'),
      visit('month', '2026-03'),
      observation('pain', 'http://loinc.org', '72514-3', 'survey'),
      observation('local-pain', 'urn:local', '72514-3', 'exam'),
      observation('other', 'http://loinc.org', '72514-3', 'survey', 'somebody-else'),
    ].map((resource) => ({ resource })),
  };
  const ids = (url: string) => resources(search(bundle, url) as Bundle).map(({ id }) => id);

  test('reads by id', () => {
    expect(search(bundle, 'Encounter/year')?.id).toBe('year');
    expect(search(bundle, 'Encounter/nobody')).toBeUndefined();
  });

  test('sorts newest first over every date precision, undated last', () => {
    expect(ids('Encounter?patient=p&_sort=-date')).toEqual(['offset', 'utc', 'month', 'year', 'undated']);
  });

  test('pages with next links until nothing remains', () => {
    const seen: (string | undefined)[] = [];
    for (let url: string | undefined = 'Encounter?patient=p&_sort=-date&_count=2'; url !== undefined; ) {
      const page = search(bundle, url) as Bundle;
      seen.push(...resources(page).map(({ id }) => id));
      url = page.link?.find(({ relation }) => relation === 'next')?.url;
    }
    expect(seen).toEqual(['offset', 'utc', 'month', 'year', 'undated']);
  });

  test('finds codes with and without system, and categories by any coding', () => {
    expect(ids('Observation?patient=p&code=http://loinc.org|72514-3,http://loinc.org|1988-5')).toEqual(['pain']);
    expect(ids('Observation?patient=p&code=72514-3')).toEqual(['pain', 'local-pain']);
    expect(ids('Observation?patient=Patient/p&category=exam,social-history')).toEqual(['local-pain']);
    expect(ids('Observation?patient=nobody')).toEqual([]);
  });

  test('refuses what it does not understand', () => {
    expect(() => search(bundle, 'Encounter?patient=p&status=finished')).toThrow('status');
  });

  test('prefetches without the keys that cannot be filled', () => {
    const asked = { patient: 'Patient/{{context.patientId}}', visit: 'Encounter/{{context.encounterId}}' };
    expect(prefetchFrom(bundle, asked, { patientId: 'p' })).toEqual({});
    expect(Object.keys(prefetchFrom(bundle, asked, { patientId: 'p', encounterId: 'year' }))).toEqual(['visit']);
  });
});
