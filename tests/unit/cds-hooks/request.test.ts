import { describe, expect, test } from 'vitest';
import { parseHookRequest } from '../../../src/cds-hooks/request.ts';
import type { Hook } from '../../../src/cds-hooks/types.ts';
import { InvalidRequest } from '../../../src/errors.ts';

type Members = Record<string, unknown>;

const context = {
  userId: 'Practitioner/example',
  patientId: 'pat015',
  selections: ['ServiceRequest/1'],
  draftOrders: { entry: [] },
};
const call: Members = { hook: 'order-select', hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea', context };

const parse = (body: unknown, hooks: readonly Hook[] = ['order-select']) => parseHookRequest(body, hooks);
const withMember = (changes: Members): Members => ({ ...call, ...changes });
const withContext = (changes: Members): Members => ({ ...call, context: { ...context, ...changes } });
const without = (object: Members, member: string): Members => {
  const { [member]: _, ...rest } = object;
  return rest;
};

function listPointers(body: unknown, hooks?: readonly Hook[]): string[] {
  try {
    parse(body, hooks);
  } catch (error) {
    if (error instanceof InvalidRequest) return error.diagnostics.map(({ pointer }) => pointer ?? '?').sort();
    throw error;
  }
  return [];
}

describe('a faultless call', () => {
  test('keeps the known members only', () => {
    const body = withMember({
      fhirServer: 'https://ehr.example/fhir//',
      fhirAuthorization: { access_token: 'abc', token_type: 'Bearer', expires_in: 30, scope: 'x', subject: 'y' },
      prefetch: { patient: { resourceType: 'Patient', id: 'pat015' }, conditions: null },
      extension: { 'org.example': 1 },
      more: true,
    });
    expect(parse(body)).toEqual({
      hook: 'order-select',
      hookInstance: call.hookInstance,
      context,
      fhirServer: 'https://ehr.example/fhir',
      fhirAuthorization: { access_token: 'abc' },
      prefetch: { patient: { resourceType: 'Patient', id: 'pat015' }, conditions: null },
    });
  });

  test('of order-sign has no selections', () => {
    const body = withMember({ hook: 'order-sign' });
    expect(parse(body, ['order-sign']).context).toEqual({ ...without(context, 'selections') });
    expect(listPointers({ ...body, context: { ...context, selections: 7 } }, ['order-sign'])).toEqual([]);
  });

  test.each([
    ['no entry', {}, {}],
    ['an empty one', { resourceType: 'Bundle', entry: [] }, { entry: [] }],
    [
      'objects where lists belong',
      { entry: [{ resource: { category: {} } }] },
      { entry: [{ resource: { category: {} } }] },
    ],
    ['null and other oddities', { entry: [null, 3, 'x', []] }, { entry: [null, 3, 'x', []] }],
    ['a type and a total', { resourceType: 'Bundle', type: 7, total: 'x' }, {}],
  ])('takes draft orders with %s', (_name, draftOrders, kept) => {
    expect(parse(withContext({ draftOrders })).context.draftOrders).toEqual(kept);
  });

  test('takes empty selections, also of nothing there is', () => {
    expect(parse(withContext({ selections: [] })).context.selections).toEqual([]);
    expect(parse(withContext({ selections: ['x', ''] })).context.selections).toEqual(['x', '']);
  });

  test.each([
    'D1577C69-DFBE-44AD-BA6D-3E05E953B2EA',
    '00000000-0000-0000-0000-000000000000',
    '01890a5d-ac96-774b-bcce-b302099a8057',
  ])('[N-12] [I-03] takes the hookInstance %s', (hookInstance) => {
    expect(parse(withMember({ hookInstance })).hookInstance).toBe(hookInstance);
  });

  test.each(['1', 'example', 'a.b-c_d', 'smart-1288992', 'x'.repeat(128), '..a'])(
    'takes the patientId %s',
    (patientId) => {
      expect(parse(withContext({ patientId, encounterId: patientId })).context).toMatchObject({
        patientId,
        encounterId: patientId,
      });
    },
  );
});

describe('a faulty call', () => {
  test.each([
    ['hook', '/hook'],
    ['hookInstance', '/hookInstance'],
    ['context', '/context'],
  ])('[N-10] [I-02] without %s', (member, pointer) => {
    expect(listPointers(without(call, member))).toEqual([pointer]);
  });

  test.each(['userId', 'patientId', 'selections', 'draftOrders'])('[N-10] [H-02] without context.%s', (member) => {
    expect(listPointers(withMember({ context: without(context, member) }))).toEqual([`/context/${member}`]);
  });

  test.each([
    ['/hook', withMember({ hook: 1 })],
    ['/hook', withMember({ hook: 'patient-view' })],
    ['/hook', withMember({ hook: 'constructor' })],
    ['/hook', withMember({ hook: null })],
    ['/hookInstance', withMember({ hookInstance: 1 })],
    ['/hookInstance', withMember({ hookInstance: 'd1577c69dfbe44adba6d3e05e953b2ea' })],
    ['/hookInstance', withMember({ hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2va' })],
    ['/hookInstance', withMember({ hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea\n' })],
    ['/context', withMember({ context: null })],
    ['/context', withMember({ context: [] })],
    ['/context', withMember({ context: 'x' })],
    ['/context/userId', withContext({ userId: '' })],
    ['/context/userId', withContext({ userId: {} })],
    ['/context/patientId', withContext({ patientId: '' })],
    ['/context/patientId', withContext({ patientId: 15 })],
    ['/context/patientId', withContext({ patientId: 'Patient/1' })],
    ['/context/patientId', withContext({ patientId: '..' })],
    ['/context/patientId', withContext({ patientId: '1&x=y' })],
    ['/context/patientId', withContext({ patientId: '1\n' })],
    ['/context/patientId', withContext({ patientId: 'x'.repeat(129) })],
    ['/context/encounterId', withContext({ encounterId: null })],
    ['/context/encounterId', withContext({ encounterId: '' })],
    ['/context/encounterId', withContext({ encounterId: '.' })],
    ['/context/selections', withContext({ selections: null })],
    ['/context/selections', withContext({ selections: 'ServiceRequest/1' })],
    ['/context/selections/1', withContext({ selections: ['a', 1] })],
    ['/context/draftOrders', withContext({ draftOrders: null })],
    ['/context/draftOrders', withContext({ draftOrders: [] })],
    ['/context/draftOrders/resourceType', withContext({ draftOrders: { resourceType: 'List' } })],
    ['/context/draftOrders/entry', withContext({ draftOrders: { entry: {} } })],
    ['/context/draftOrders/entry', withContext({ draftOrders: { entry: null } })],
    ['/context/extension', withContext({ extension: 1 })],
    ['/extension', withMember({ extension: [] })],
    ['/extension', withMember({ extension: null })],
    ['/prefetch', withMember({ prefetch: null })],
    ['/prefetch', withMember({ prefetch: [] })],
    ['/prefetch', withMember({ prefetch: 'x' })],
    ['/prefetch/a~1b~0', withMember({ prefetch: { 'a/b~': {} } })],
    ['/prefetch/patient', withMember({ prefetch: { patient: { resourceType: 1 } } })],
    ['/prefetch/patient', withMember({ prefetch: { patient: [] } })],
    ['/prefetch/patient', withMember({ prefetch: { patient: 'Patient/1' } })],
    ['/fhirServer', withMember({ fhirServer: null })],
    ['/fhirServer', withMember({ fhirServer: 1 })],
    ['/fhirAuthorization', withMember({ fhirServer: 'https://a/b', fhirAuthorization: null })],
    ['/fhirAuthorization', withMember({ fhirServer: 'https://a/b', fhirAuthorization: 'abc' })],
    ['/fhirAuthorization', withMember({ fhirServer: 'https://a/b', fhirAuthorization: [] })],
    ['/fhirServer', withMember({ fhirAuthorization: { access_token: 'a', token_type: 'Bearer' } })],
  ])('[N-10] [X-02] is refused at %s (%#)', (pointer, body) => {
    expect(listPointers(body)).toEqual([pointer]);
  });

  test.each([null, [], 'x', 1, true, undefined])('[N-03] %j is not a call', (body) => {
    expect(listPointers(body)).toEqual(['']);
  });

  test('has all its faults reported', () => {
    const body = {
      hook: 'x',
      hookInstance: 1,
      context: { patientId: '' },
      prefetch: { a: 1, b: {} },
      fhirServer: 'ftp://x',
    };
    expect(listPointers(body)).toEqual([
      '/context/draftOrders',
      '/context/patientId',
      '/context/userId',
      '/fhirServer',
      '/hook',
      '/hookInstance',
      '/prefetch/a',
      '/prefetch/b',
    ]);
  });

  test('of nothing but faults is not reported without end', () => {
    const prefetch = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, index]));
    expect(
      listPointers(withMember({ prefetch, context: { ...context, selections: Array(5000).fill(0) } })),
    ).toHaveLength(100);
  });

  test('has no value repeated in the messages', () => {
    try {
      parse(withContext({ patientId: 'Jane Roe', userId: 7 }));
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify([(error as InvalidRequest).message, (error as InvalidRequest).diagnostics])).not.toContain(
        'Jane',
      );
    }
  });
});

describe('fhirServer', () => {
  test.each([
    ['https://ehr.example/fhir', 'https://ehr.example/fhir'],
    ['https://ehr.example/fhir/', 'https://ehr.example/fhir'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['HTTPS://EHR.example:443/r4/', 'https://ehr.example/r4'],
    ['https://ehr.example/a/../fhir', 'https://ehr.example/fhir'],
    ['https://ehr.example/t/me@here', 'https://ehr.example/t/me@here'],
  ])('[N-14] [N-17] %s becomes %s', (given, expected) => {
    expect(parse(withMember({ fhirServer: given })).fhirServer).toBe(expected);
  });

  test.each([
    '',
    'ehr.example/fhir',
    '/fhir',
    '//ehr.example/fhir',
    'ftp://ehr.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https:///fhir',
    'https:ehr.example',
    'https://user@ehr.example/fhir',
    'https://user:pass@ehr.example/fhir',
    'https://@ehr.example/fhir',
    'https://ehr.example/fhir?x=1',
    'https://ehr.example/fhir?',
    'https://ehr.example/fhir#x',
    'https://ehr.example/fh ir',
    ' https://ehr.example/fhir',
    'https://ehr.example/fhir\n',
    'https://ehr.example:99999/fhir',
    'https://\\evil@ehr.example/fhir',
  ])('[N-14] %j is refused', (fhirServer) => {
    expect(listPointers(withMember({ fhirServer }))).toEqual(['/fhirServer']);
  });
});

test('[N-05] names that a request makes up are cut where a fault of theirs is told', () => {
  const [pointer = ''] = listPointers(withMember({ prefetch: { ['k'.repeat(1_000_000)]: 1 } }));
  expect(pointer).toBe(`/prefetch/${'k'.repeat(100)}...`);
});

describe('a token', () => {
  const read = (fhirAuthorization: Members) => parse(withMember({ fhirServer: 'https://a/b', fhirAuthorization }));

  test.each([
    ['Bearer', { access_token: 'a.b-c~d+/=', token_type: 'Bearer' }],
    ['bearer in another case', { access_token: 'a.b-c~d+/=', token_type: 'bEARER' }],
    ['no type', { access_token: 'a.b-c~d+/=' }],
    ['this patient', { access_token: 'a.b-c~d+/=', patient: context.patientId }],
    ['this patient, as a reference', { access_token: 'a.b-c~d+/=', patient: `Patient/${context.patientId}` }],
  ])('[F-04] of %s is used', (_name, authorization) => {
    expect(read(authorization).fhirAuthorization).toEqual({ access_token: 'a.b-c~d+/=' });
  });

  test.each([
    [{}],
    [{ access_token: '' }],
    [{ access_token: 7 }],
    [{ access_token: null }],
    [{ access_token: 'a b' }],
    [{ access_token: 'a\r\nX-Evil: 1' }],
    [{ access_token: 'tökén' }],
    [{ access_token: 'abc', token_type: 'MAC' }],
    [{ access_token: 'abc', token_type: null }],
    [{ access_token: 'abc', token_type: 1 }],
    [{ access_token: 'abc', patient: 'another' }],
  ])('[N-14] that is unusable counts as none: %j', (authorization) => {
    const request = read(authorization as Members);
    expect(request.fhirAuthorization).toBeUndefined();
    expect(request.fhirServer).toBe('https://a/b');
  });
});

describe('prototype keys', () => {
  test('[N-07] of inherited members nothing is read', () => {
    const inheriting = JSON.parse(`{"__proto__": ${JSON.stringify(call)}}`);
    expect(listPointers(inheriting)).toEqual(['/context', '/hook', '/hookInstance']);
    expect(listPointers(Object.create(call))).toEqual(['/context', '/hook', '/hookInstance']);
  });

  test('[N-07] as prefetch keys are only keys', () => {
    const body = JSON.parse(
      JSON.stringify(call).replace('{', '{"prefetch":{"__proto__":{"resourceType":"Evil"},"toString":null},'),
    );
    const { prefetch } = parse(body);
    expect(Object.keys(prefetch ?? {})).toEqual(['__proto__', 'toString']);
    expect((prefetch as Members).resourceType).toBeUndefined();
  });
});
