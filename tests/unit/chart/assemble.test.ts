import { describe, expect, test } from 'vitest';
import type { HookRequest, RawResource } from '../../../src/cds-hooks/types.ts';
import { assembleSlices } from '../../../src/chart/assemble.ts';
import type { FhirReader, ReadResult, Slice, SliceDefinition } from '../../../src/chart/slice.ts';
import { ChartIncomplete, InvalidRequest, type ServiceError, WrongPatient } from '../../../src/errors.ts';

const PATIENT: SliceDefinition = {
  name: 'patient',
  type: 'Patient',
  template: 'Patient/{{context.patientId}}',
  required: true,
  pages: 1,
};
const ENCOUNTER: SliceDefinition = {
  name: 'encounter',
  type: 'Encounter',
  template: 'Encounter/{{context.encounterId}}',
  required: false,
  pages: 1,
};
const CONDITIONS: SliceDefinition = {
  name: 'conditions',
  type: 'Condition',
  template: 'Condition?patient={{context.patientId}}',
  required: true,
  pages: 3,
};
const MEDICATIONS: SliceDefinition = {
  name: 'medications',
  type: 'MedicationRequest',
  template: 'MedicationRequest?patient={{context.patientId}}',
  required: false,
  pages: 1,
};

type Members = Record<string, unknown>;

const subject = { reference: 'Patient/p1' };
const condition = (id: string, more: Members = {}): RawResource => ({
  resourceType: 'Condition',
  id,
  subject,
  ...more,
});
const outcome = (severity = 'error'): RawResource => ({ resourceType: 'OperationOutcome', issue: [{ severity }] });
const bundle = (resources: readonly unknown[], more: Members = {}): RawResource => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: resources.map((resource) => ({ resource })),
  ...more,
});
const nextLink = (url: unknown) => ({
  link: [
    { relation: 'self', url: 'x' },
    { relation: 'next', url },
  ],
});

function aRequest(prefetch?: Record<string, unknown>, encounterId?: string): HookRequest {
  return {
    hook: 'order-sign',
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    context: { userId: 'Practitioner/1', patientId: 'p1', draftOrders: {}, ...(encounterId && { encounterId }) },
    fhirServer: 'https://ehr.example/fhir',
    ...(prefetch && { prefetch: prefetch as NonNullable<HookRequest['prefetch']> }),
  };
}

/** A reader over fixed answers; whatever is not among them is `HTTP 404`. It notes what it was asked. */
function aReader(answers: Record<string, RawResource | string> = {}) {
  const asked: string[] = [];
  const reader: FhirReader = {
    async read(path): Promise<ReadResult> {
      asked.push(path);
      const answer = answers[path] ?? 'HTTP 404';
      return typeof answer === 'string' ? { ok: false, reason: answer } : { ok: true, resource: answer };
    },
  };
  return { asked, openReader: () => reader };
}

async function assembleOne(
  definition: SliceDefinition,
  request: HookRequest,
  openReader?: () => FhirReader,
): Promise<Slice | undefined> {
  const options = { definitions: [{ ...definition, required: false }], request, ...(openReader && { openReader }) };
  return (await assembleSlices(options)).get(definition.name);
}

async function listDiagnostics(run: Promise<unknown>, kind: new (message: string) => ServiceError) {
  const error: unknown = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(kind);
  return (error as ServiceError).diagnostics;
}

const complete = (...resources: RawResource[]): Slice => ({ state: 'complete', resources, included: [] });

describe('a source that most sites lack', () => {
  const extra = { ...CONDITIONS, isExtra: true };

  test('is empty where nobody can read it', async () => {
    expect(await assembleOne(extra, aRequest())).toEqual(complete());
    expect(await assembleOne(extra, aRequest(), aReader().openReader)).toEqual(complete());
    expect(await assembleOne(extra, aRequest({ [extra.name]: outcome() }))).toEqual(complete());
  });

  test('holds what it holds where it can be had', async () => {
    const prefetch = { [extra.name]: bundle([condition('1')]) };
    expect(await assembleOne(extra, aRequest(prefetch))).toEqual(complete(condition('1')));
  });
});

describe('what is prefetched', () => {
  test.each([
    [
      'a resource of a read',
      PATIENT,
      { resourceType: 'Patient', id: 'p1' },
      complete({ resourceType: 'Patient', id: 'p1' }),
    ],
    ['null for the patient', PATIENT, null, { state: 'unavailable', reason: 'the client found no patient' }],
    ['null for another read', ENCOUNTER, null, complete()],
    ['null for a search', CONDITIONS, null, complete()],
    ['an empty Bundle', CONDITIONS, { resourceType: 'Bundle', total: 0 }, complete()],
    ['a Bundle', CONDITIONS, bundle([condition('1'), condition('2')]), complete(condition('1'), condition('2'))],
    ['an OperationOutcome', CONDITIONS, outcome(), { state: 'unavailable', reason: 'the client could not read it' }],
    [
      'one for a read',
      ENCOUNTER,
      outcome('information'),
      { state: 'unavailable', reason: 'the client could not read it' },
    ],
  ] as const)('[P-08] [P-12] %s is not asked for again', async (_name, definition, value, expected) => {
    const { asked, openReader } = aReader();
    expect(await assembleOne(definition, aRequest({ [definition.name]: value }, 'e1'), openReader)).toEqual(expected);
    expect(asked).toEqual([]);
  });

  test('[P-17] a key that nobody asked for is ignored', async () => {
    const request = aRequest({ conditions: null, other: { resourceType: 'Patient', id: 'someone' } });
    expect(await assembleOne(CONDITIONS, request)).toEqual(complete());
  });

  test('an encounter sent without an encounterId is used', async () => {
    const encounter = { resourceType: 'Encounter', id: 'e9', subject };
    expect(await assembleOne(ENCOUNTER, aRequest({ encounter }))).toEqual(complete(encounter));
  });

  test('[N-07] names of object members are no keys', async () => {
    const definition = { ...CONDITIONS, name: 'constructor' };
    expect(await assembleOne(definition, aRequest({}))).toMatchObject({ state: 'unavailable' });
  });

  test('of the wrong kind is refused, each by its pointer', async () => {
    const request = aRequest({
      patient: bundle([]),
      conditions: condition('1'),
      encounter: { resourceType: 'Patient', id: 'p1' },
      medications: { resourceType: 'Bundle', entry: {} },
    });
    const definitions = [PATIENT, CONDITIONS, ENCOUNTER, MEDICATIONS];
    const diagnostics = await listDiagnostics(assembleSlices({ definitions, request }), InvalidRequest);
    expect(diagnostics.map(({ pointer }) => pointer)).toEqual([
      '/prefetch/patient',
      '/prefetch/conditions',
      '/prefetch/encounter',
      '/prefetch/medications/entry',
    ]);
  });
});

describe('entries of a Bundle', () => {
  test('are sorted into what was searched for and what came along', async () => {
    const practitioner = { resourceType: 'Practitioner', id: 'x' };
    const entry = [
      { resource: condition('1'), search: { mode: 'match' } },
      { resource: condition('2'), search: { mode: 'include' } },
      { resource: practitioner },
      null,
      7,
      'x',
      [],
      {},
      { resource: null },
      { resource: 'x' },
      { resource: { id: 'typeless' } },
      { resource: { resourceType: 9 } },
      { resource: condition('3'), search: null },
      { resource: condition('4'), search: { mode: 'outcome' } },
    ];
    expect(await assembleOne(CONDITIONS, aRequest({ conditions: bundle([], { entry }) }))).toEqual({
      state: 'complete',
      resources: [condition('1'), condition('3')],
      included: [condition('2'), practitioner],
    });
  });

  test.each([
    ['error', 'partial'],
    ['fatal', 'partial'],
    ['warning', 'complete'],
    ['information', 'complete'],
    [7, 'complete'],
  ])('[P-08] with an outcome of severity %s make it %s', async (severity, state) => {
    const entry = [
      { resource: condition('1') },
      { resource: outcome(severity as string), search: { mode: 'outcome' } },
    ];
    expect(await assembleOne(CONDITIONS, aRequest({ conditions: bundle([], { entry }) }))).toEqual({
      state,
      resources: [condition('1')],
      included: [],
    });
  });

  test('with an outcome of odd shape do no harm', async () => {
    const odd = [{}, { issue: 7 }, { issue: [null, 7, {}] }].map((more) => ({
      resourceType: 'OperationOutcome',
      ...more,
    }));
    expect(await assembleOne(CONDITIONS, aRequest({ conditions: bundle(odd) }))).toEqual(complete());
  });
});

describe('pages', () => {
  const first = bundle([condition('1')], nextLink('https://ehr.example/fhir?page=2'));

  test('[P-13] are read on, each resource once, from an untyped URL', async () => {
    const { asked, openReader } = aReader({
      'https://ehr.example/fhir?page=2': bundle([condition('1'), condition('2')], nextLink('page3')),
      page3: bundle([condition('3'), { resourceType: 'Condition', subject }, { resourceType: 'Condition', subject }]),
    });
    const slice = await assembleOne(CONDITIONS, aRequest({ conditions: first }), openReader);
    expect(asked).toEqual(['https://ehr.example/fhir?page=2', 'page3']);
    expect(slice).toMatchObject({ state: 'complete', resources: [{ id: '1' }, { id: '2' }, { id: '3' }, {}, {}] });
  });

  test('beyond the bound leave it partial', async () => {
    const { asked, openReader } = aReader({
      'https://ehr.example/fhir?page=2': bundle([condition('2')], nextLink('page3')),
      page3: bundle([condition('3')], nextLink('page4')),
    });
    const slice = await assembleOne(CONDITIONS, aRequest({ conditions: first }), openReader);
    expect(asked).toEqual(['https://ehr.example/fhir?page=2', 'page3']);
    expect(slice).toMatchObject({ state: 'partial', resources: [{ id: '1' }, { id: '2' }, { id: '3' }] });
  });

  test('[N-05] [N-18] with more resources than are ever judged leave it partial: the first ones are read', async () => {
    const many = Array.from({ length: 1500 }, (_, index) => condition(`c${index}`));
    const { openReader } = aReader({ page2: bundle(many.map((one) => ({ ...one, id: `d${one.id}` }))) });
    const slice = await assembleOne(CONDITIONS, aRequest({ conditions: bundle(many, nextLink('page2')) }), openReader);
    const first2000 = [...many.map(({ id }) => id), ...many.slice(0, 500).map(({ id }) => `d${id}`)];
    expect(slice).toMatchObject({ state: 'partial', resources: first2000.map((id) => ({ id })) });
    const alone = await assembleOne(CONDITIONS, aRequest({ conditions: bundle(many) }));
    expect(alone).toMatchObject({ state: 'complete' });
  });

  test('that go round in a circle end', async () => {
    const { asked, openReader } = aReader({ a: bundle([], nextLink('a')) });
    const definition = { ...CONDITIONS, pages: 1000 };
    const slice = await assembleOne(definition, aRequest({ conditions: bundle([], nextLink('a')) }), openReader);
    expect(asked).toEqual(['a']);
    expect(slice).toMatchObject({ state: 'partial' });
  });

  test.each([
    ['without a reader', undefined],
    ['that cannot be read', aReader().openReader],
    ['that are no Bundle', aReader({ 'https://ehr.example/fhir?page=2': condition('2') }).openReader],
    [
      'that are misshapen',
      aReader({ 'https://ehr.example/fhir?page=2': { resourceType: 'Bundle', entry: 7 } }).openReader,
    ],
  ])('%s leave it partial', async (_name, openReader) => {
    expect(await assembleOne(CONDITIONS, aRequest({ conditions: first }), openReader)).toEqual({
      state: 'partial',
      resources: [condition('1')],
      included: [],
    });
  });

  test.each([7, null, undefined, {}, ''])('with the link %j leave it partial', async (url) => {
    const { asked, openReader } = aReader();
    const slice = await assembleOne(CONDITIONS, aRequest({ conditions: bundle([], nextLink(url)) }), openReader);
    expect(slice).toMatchObject({ state: 'partial' });
    expect(asked).toEqual([]);
  });

  test.each([7, 'x', {}, [null, 7, {}], [{ relation: 'prev', url: 'x' }]])(
    'links such as %j are none',
    async (link) => {
      expect(await assembleOne(CONDITIONS, aRequest({ conditions: bundle([], { link }) }))).toEqual(complete());
    },
  );
});

describe('what is not prefetched', () => {
  test('[P-09] [P-16] is read, in parallel, and gives the same as prefetch', async () => {
    const patient = { resourceType: 'Patient', id: 'p1' };
    const conditions = bundle([condition('1')]);
    const definitions = [PATIENT, CONDITIONS];
    const { asked, openReader } = aReader({ 'Patient/p1': patient, 'Condition?patient=p1': conditions });
    const read = await assembleSlices({ definitions, request: aRequest(), openReader });
    expect(asked).toEqual(['Patient/p1', 'Condition?patient=p1']);
    expect(read).toEqual(await assembleSlices({ definitions, request: aRequest({ patient, conditions }) }));
  });

  test('waits for no other read', async () => {
    const waiting: (() => void)[] = [];
    const reader: FhirReader = {
      read: () =>
        new Promise((resolve) => {
          waiting.push(() => resolve({ ok: true, resource: bundle([]) }));
          if (waiting.length === 2) for (const proceed of waiting) proceed();
        }),
    };
    const definitions = [CONDITIONS, MEDICATIONS];
    const slices = await assembleSlices({ definitions, request: aRequest(), openReader: () => reader });
    expect([...slices.values()]).toEqual([complete(), complete()]);
  });

  test('opens the reader once, and only when there is something to read', async () => {
    let opened = 0;
    const { openReader } = aReader({ 'Condition?patient=p1': bundle([]), 'Patient/p1': { resourceType: 'Patient' } });
    const count = () => {
      opened += 1;
      return openReader();
    };
    await assembleSlices({ definitions: [CONDITIONS], request: aRequest({ conditions: null }), openReader: count });
    expect(opened).toBe(0);
    await assembleSlices({ definitions: [CONDITIONS, PATIENT], request: aRequest(), openReader: count });
    expect(opened).toBe(1);
  });

  test('is complete and empty, and never read, when its token has no value', async () => {
    const { asked, openReader } = aReader();
    expect(await assembleOne(ENCOUNTER, aRequest(), openReader)).toEqual(complete());
    expect(asked).toEqual([]);
  });

  test.each([
    ['HTTP 401', 'reading it from the FHIR server failed: HTTP 401'],
    [condition('1'), 'the FHIR server answered something else'],
    [{ resourceType: 'Bundle', entry: {} }, 'the FHIR server answered something else'],
  ])('is unavailable when the answer is %j', async (answer, reason) => {
    const { openReader } = aReader({ 'Condition?patient=p1': answer });
    expect(await assembleOne(CONDITIONS, aRequest(), openReader)).toEqual({ state: 'unavailable', reason });
  });

  test('is unavailable when a read answers another type', async () => {
    const { openReader } = aReader({ 'Patient/p1': condition('p1') });
    expect(await assembleOne(PATIENT, aRequest(), openReader)).toMatchObject({ state: 'unavailable' });
  });

  test('[P-10] and required: refused, with a diagnostic for each and no ids', async () => {
    const definitions = [PATIENT, CONDITIONS, MEDICATIONS, ENCOUNTER];
    const { openReader } = aReader({ 'Condition?patient=p1': 'timed out' });
    const request = aRequest({ patient: null });
    const diagnostics = await listDiagnostics(assembleSlices({ definitions, request, openReader }), ChartIncomplete);
    expect(diagnostics).toEqual([
      {
        pointer: '/prefetch/patient',
        message: expect.stringMatching(/the client found no patient\. Send it as prefetch, or .*fhirAuthorization/),
      },
      { pointer: '/prefetch/conditions', message: expect.stringContaining('timed out') },
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain('p1');
  });

  test('[P-10] and required, without access: refused', async () => {
    const diagnostics = await listDiagnostics(
      assembleSlices({ definitions: [CONDITIONS], request: aRequest() }),
      ChartIncomplete,
    );
    expect(diagnostics).toHaveLength(1);
  });
});

describe('another patient', () => {
  const foreign = condition('9', { subject: { reference: 'Patient/p2' } });

  test.each([
    ['Condition subject', condition('9', { subject: { reference: 'Patient/p2' } })],
    ['an absolute reference', condition('9', { subject: { reference: 'https://ehr.example/fhir/Patient/p2' } })],
    ['a version', condition('9', { subject: { reference: 'Patient/p2/_history/p1' } })],
    ['patient', condition('9', { subject: undefined, patient: { reference: 'Patient/p2' } })],
    ['beneficiary', condition('9', { beneficiary: { reference: 'Patient/p2' } })],
    ['a group', condition('9', { subject: { reference: 'Group/p1' } })],
    ['a bare other id', condition('9', { subject: { reference: 'p2' } })],
    ['a list', condition('9', { subject: [{ reference: 'Patient/p2' }, { reference: 'Patient/p3' }] })],
    ['a string', condition('9', { subject: 'Patient/p2' })],
    ['a longer id', condition('9', { subject: { reference: 'Patient/p11' } })],
    ['another type among the entries', { resourceType: 'Observation', subject: { reference: 'Patient/p2' } }],
  ])('[N-16] in prefetch is refused: %s', async (_name, resource) => {
    const request = aRequest({ conditions: bundle([condition('1'), resource]) });
    const diagnostics = await listDiagnostics(assembleSlices({ definitions: [CONDITIONS], request }), WrongPatient);
    expect(diagnostics.map(({ pointer }) => pointer)).toEqual(['/prefetch/conditions/entry/1/resource']);
    expect(JSON.stringify(diagnostics)).not.toMatch(/p2|p1/);
  });

  test('[N-16] in a read is refused', async () => {
    const request = aRequest({
      patient: { resourceType: 'Patient', id: 'p2' },
      encounter: { resourceType: 'Encounter', id: 'e1', subject: { reference: 'Patient/p2' } },
    });
    const run = assembleSlices({ definitions: [PATIENT, ENCOUNTER], request });
    expect((await listDiagnostics(run, WrongPatient)).map(({ pointer }) => pointer)).toEqual([
      '/prefetch/patient',
      '/prefetch/encounter',
    ]);
  });

  test.each([
    ['relative', { reference: 'Patient/p1' }],
    ['absolute', { reference: 'https://elsewhere.example/r4/Patient/p1' }],
    ['with a version', { reference: 'Patient/p1/_history/3' }],
    ['bare', { reference: 'p1' }],
    ['contained', { reference: '#p2' }],
    ['a UUID', { reference: 'urn:uuid:d1577c69-dfbe-44ad-ba6d-3e05e953b2ea' }],
    ['logical', { identifier: { value: 'p2' } }],
    ['absent', undefined],
    ['null', null],
    ['a number', 7],
    ['a number inside', { reference: 7 }],
    ['nested lists', [[null, 7], {}]],
  ])('is not seen in a subject that is %s', async (_name, odd) => {
    const resource = condition('1', { subject: odd, patient: odd, beneficiary: odd });
    expect(await assembleOne(CONDITIONS, aRequest({ conditions: bundle([resource]) }))).toEqual(complete(resource));
  });

  test('who merely came along is left out', async () => {
    const entry = [
      { resource: condition('1') },
      { resource: foreign, search: { mode: 'include' } },
      { resource: { resourceType: 'Patient', id: 'p2' }, search: { mode: 'include' } },
    ];
    const request = aRequest({ conditions: bundle([], { entry }) });
    expect(await assembleOne(CONDITIONS, request)).toEqual(complete(condition('1')));
  });

  test.each([
    ['a read', PATIENT, { 'Patient/p1': { resourceType: 'Patient', id: 'p2' } }],
    ['a search', CONDITIONS, { 'Condition?patient=p1': bundle([condition('1'), foreign]) }],
    [
      'a later page',
      CONDITIONS,
      { 'Condition?patient=p1': bundle([condition('1')], nextLink('more')), more: bundle([foreign]) },
    ],
  ])('[N-16] from the FHIR server in %s makes the slice unavailable', async (_name, definition, answers) => {
    const { openReader } = aReader(answers as unknown as Record<string, RawResource>);
    expect(await assembleOne(definition, aRequest(), openReader)).toEqual({
      state: 'unavailable',
      reason: 'the FHIR server answered about another patient',
    });
  });
});

describe('medications by reference', () => {
  const order = (id: string, reference: unknown, more: Members = {}): RawResource => ({
    resourceType: 'MedicationRequest',
    id,
    subject,
    medicationReference: { reference },
    ...more,
  });
  const medication = (id: string): RawResource => ({ resourceType: 'Medication', id });

  test('are read once each and added to what came along', async () => {
    const { asked, openReader } = aReader({
      'Medication/a': medication('a'),
      'Medication/b': medication('b'),
      'Medication/x': medication('y'),
    });
    const medications = bundle([
      order('1', 'Medication/a'),
      order('2', 'Medication/a/_history/1'),
      order('3', 'https://ehr.example/fhir/Medication/b'),
      order('4', 'Medication/missing'),
      order('5', 'Medication/x'),
    ]);
    const slice = await assembleOne(MEDICATIONS, aRequest({ medications }), openReader);
    expect(asked.sort()).toEqual(['Medication/a', 'Medication/b', 'Medication/missing', 'Medication/x']);
    expect(slice).toMatchObject({ state: 'complete', included: [medication('a'), medication('b')] });
  });

  test('that came along are not read, also when they came with another slice', async () => {
    const { asked, openReader } = aReader();
    const statements = { ...MEDICATIONS, name: 'statements', type: 'MedicationStatement' };
    const request = aRequest({
      medications: bundle([order('1', 'Medication/a'), medication('a')]),
      statements: bundle([{ ...order('2', 'Medication/a'), resourceType: 'MedicationStatement' }]),
    });
    const slices = await assembleSlices({ definitions: [MEDICATIONS, statements], request, openReader });
    expect(asked).toEqual([]);
    expect([...slices.values()]).toMatchObject([{ included: [medication('a')] }, { included: [medication('a')] }]);
  });

  test('are at most 20', async () => {
    const { asked, openReader } = aReader();
    const medications = bundle(Array.from({ length: 50 }, (_, index) => order(`${index}`, `Medication/${index}`)));
    await assembleOne(MEDICATIONS, aRequest({ medications }), openReader);
    expect(asked).toHaveLength(20);
  });

  test.each([
    '#a',
    'urn:uuid:d1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    'https://elsewhere.example/fhir/Medication/a',
    'Medication/..',
    'Medication/a/../../admin',
    'Medication/a?x=y',
    'Substance/a',
    7,
    null,
    undefined,
    {},
  ])('such as %j are not read', async (reference) => {
    const { asked, openReader } = aReader();
    const medications = bundle([order('1', reference), order('2', 'x', { medicationReference: reference })]);
    expect(await assembleOne(MEDICATIONS, aRequest({ medications }), openReader)).toMatchObject({ included: [] });
    expect(asked).toEqual([]);
  });

  test('without a reader stay unknown', async () => {
    const medications = bundle([order('1', 'Medication/a')]);
    expect(await assembleOne(MEDICATIONS, aRequest({ medications }))).toMatchObject({
      state: 'complete',
      included: [],
    });
  });
});
