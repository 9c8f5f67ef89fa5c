import type { ServiceRequest } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CdsResponse } from '../../src/cds-hooks/types.ts';
import { type FhirServer, startFhirServer } from '../support/fhir-server.ts';
import { expectations, readPatient, readRequest } from '../support/fixtures.ts';
import { type RealApp, startRealApp } from '../support/real-app.ts';
import { problemsOf } from '../support/response-schema.ts';

let app: RealApp;
beforeAll(async () => {
  app = await startRealApp('2026-11-24');
});
afterAll(() => app.close());

const withPrefetch = expectations().filter(({ file }) => !file.includes('without-prefetch'));
const withoutPrefetch = expectations().filter(({ file }) => file.includes('without-prefetch'));
const cardOf = (body: unknown) => (body as CdsResponse).cards[0];
const why = (body: unknown) => cardOf(body)?.extension?.['org.rehab-first.why'] as { class: string } | undefined;

describe('each story comes out as the evidence has it', () => {
  test.each(withPrefetch.map((row) => [row.file, row.expect, row.why, row] as const))(
    '%s: %s, %s',
    async (file, expected, _, row) => {
      const { status, body } = await app.call(file.split('/')[0] ?? '', readRequest(file));
      expect(status).toBe(200);
      expect(problemsOf(body)).toEqual([]);
      expect(cardOf(body)?.indicator ?? 'silent').toBe(expected);
      expect(why(body)?.class ?? null).toBe(row.card);
    },
  );

  test('tells a third steroid with a poor response to image the hip', async () => {
    const { body } = await app.call('order-select', readRequest('order-select/gluteal-third-steroid.json'));
    expect(cardOf(body)?.summary).toContain('Image this hip');
  });

  test('offers "done elsewhere" first where the record carries no physiotherapy', async () => {
    const { body } = await app.call('order-select', readRequest('order-select/sciatica-no-physiotherapy-data.json'));
    expect(cardOf(body)?.overrideReasons?.[0]?.code).toBe('rehab-done-elsewhere');
    expect(cardOf(body)?.detail).toContain('No record here of physiotherapy');
  });

  test('asks to think of an infection where drugs are injected, and does not call the chart free of red flags', async () => {
    const request = structuredClone(readRequest('order-select/axial-back-pain-epidural.json'));
    const conditions = request.prefetch?.conditions as { entry: { resource: object }[] };
    const subject = { reference: `Patient/${request.context.patientId}` };
    const code = { text: 'Intravenous drug use' };
    conditions.entry.push({
      resource: { resourceType: 'Condition', id: 'added', subject, code, recordedDate: '2026-01-09' },
    });
    const { body } = await app.call('order-select', request);
    expect(cardOf(body)?.indicator).toBe('info');
    expect(cardOf(body)?.detail).toContain('consider infection first');
    expect(cardOf(body)?.detail).not.toContain('Red flags: none');
  });

  test('says that the order tells of rehabilitation which the chart does not show', async () => {
    const request = structuredClone(readRequest('order-select/axial-back-pain-epidural.json'));
    const order = request.context.draftOrders.entry?.[0]?.resource as ServiceRequest;
    order.note = [{ text: 'Failed physiotherapy at another clinic.' }];
    const { body } = await app.call('order-select', request);
    expect(cardOf(body)?.indicator).toBe('info');
    expect(cardOf(body)?.detail).toContain('The order says that rehabilitation was tried.');
  });

  test('counts three visits over 16 days and says so', async () => {
    const { body } = await app.call('order-select', readRequest('order-select/sciatica-partial-care.json'));
    expect(cardOf(body)?.summary).toContain('last contact 5 Nov 2026');
    expect(cardOf(body)?.detail).toContain('3 contacts over 3 weeks, the last on 5 Nov 2026');
  });

  test('says what hangs on prescriptions that could not be read', async () => {
    const request = readRequest('order-select/sciatica-acute-severe.json');
    const prefetch = { ...request.prefetch, medications: { resourceType: 'OperationOutcome', issue: [] } };
    const { body } = await app.call('order-select', { ...request, prefetch });
    expect(cardOf(body)?.detail).toMatch(/Could not be checked:\*\*[^\n]*bleeding risk[^\n]*prescriptions/);
    expect(cardOf(body)?.suggestions?.some(({ isRecommended }) => isRecommended)).toBe(false);
  });

  test.each([
    [
      'contacts known by month only',
      { performedDateTime: '2026-10' },
      /1 contact over at least 1 week, the last on Oct 2026/,
    ],
    ['one contact', { performedDateTime: '2026-11-14' }, /1 contact over 1 week, the last on 14 Nov 2026/],
  ])('prints %s as a whole sentence', async (_, dates, expected) => {
    const request = structuredClone(readRequest('order-select/gluteal-no-rehab.json'));
    const procedures = request.prefetch?.procedures as { entry: { resource: object }[] };
    const code = { coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '97110' }] };
    const subject = { reference: `Patient/${request.context.patientId}` };
    procedures.entry.push({
      resource: { resourceType: 'Procedure', id: 'added', status: 'completed', code, subject, ...dates },
    });
    const { body } = await app.call('order-select', request);
    expect(cardOf(body)?.detail).toMatch(expected);
    expect(cardOf(body)?.summary).not.toMatch(/last contact$/);
  });

  test('names nicotine and a high risk beside a fusion, and offers psychological care', async () => {
    const { body } = await app.call('order-select', readRequest('order-select/back-pain-fusion-five-visits.json'));
    expect(cardOf(body)?.detail).toContain('Nicotine use is on record');
    expect(cardOf(body)?.detail).toContain('STarT Back: high risk');
    expect(cardOf(body)?.detail).toContain('5 contacts over 9 weeks, the last on 10 Nov 2026');
    expect(cardOf(body)?.suggestions?.map(({ label }) => label)).toContain(
      'Add psychological care for back pain and keep this order',
    );
  });

  test('takes decompression and fusion in one selection as one: what removes one removes both', async () => {
    const request = readRequest('order-select/back-pain-fusion-five-visits.json');
    const entry = request.context.draftOrders.entry ?? [];
    const second = structuredClone(entry[0]?.resource) as ServiceRequest;
    second.id = 'draft-laminectomy';
    second.code = { coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '63047' }] };
    entry.push({ resource: second });
    request.context.selections?.push('ServiceRequest/draft-laminectomy');
    const { body } = await app.call('order-select', request);
    const removals = cardOf(body)
      ?.suggestions?.find(({ label }) => label.startsWith('Refer to physiotherapy and remove'))
      ?.actions?.filter(({ type }) => type === 'delete');
    expect(why(body)?.class).toBe('lumbar-fusion');
    expect(removals?.flatMap(({ resourceId }) => resourceId)).toEqual([
      'ServiceRequest/draft-fusion',
      'ServiceRequest/draft-laminectomy',
    ]);
  });

  test('offers a pregnant woman exercise, and no drug', async () => {
    const { body } = await app.call('order-select', readRequest('order-select/piriformis-pregnant.json'));
    const actions = (cardOf(body)?.suggestions ?? []).flatMap(({ actions }) => actions ?? []);
    expect(cardOf(body)?.detail).toContain('Pregnancy is on record');
    expect(actions.length).toBeGreaterThan(0);
    expect(JSON.stringify(actions)).not.toContain('MedicationRequest');
  });

  test('names both sides after adequate care, when plasma is ordered', async () => {
    const { body } = await app.call('order-select', readRequest('order-select/prp-after-programme.json'));
    expect(cardOf(body)?.detail).toMatch(/beat steroid in one trial.*did not differ from saline in another/);
    expect(cardOf(body)?.detail).toContain('14 contacts over 21 weeks, the last on 20 Oct 2026');
  });

  test('answers a repeated call byte for byte the same [N-21]', async () => {
    const request = readRequest('order-select/gluteal-no-rehab.json');
    const [first, second] = [await app.call('order-select', request), await app.call('order-select', request)];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });
});

describe('without prefetch the chart is read from the FHIR server', () => {
  let fhir: FhirServer;
  afterAll(() => fhir?.close());

  test.each(withoutPrefetch.map((row) => [row.file, row.expect] as const))(
    '%s: %s, and 412 when no server answers [P-10]',
    async (file, expected) => {
      const request = readRequest(file);
      fhir = await startFhirServer(readPatient(request.context.patientId));
      const { status, body } = await app.call(file.split('/')[0] ?? '', { ...request, fhirServer: fhir.url });
      expect(status).toBe(200);
      expect(cardOf(body)?.indicator ?? 'silent').toBe(expected);
      expect(new Set(fhir.asked.map(({ method }) => method))).toEqual(new Set(['GET']));
      expect(new Set(fhir.asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer example-token']));
      await fhir.close();
      expect((await app.call(file.split('/')[0] ?? '', { ...request, fhirServer: fhir.url })).status).toBe(412);
    },
  );

  test('the same guidance comes by prefetch and by FHIR reads [P-16]', async () => {
    for (const { file } of withPrefetch.filter(({ card }) => card !== null)) {
      const request = readRequest(file);
      fhir = await startFhirServer(readPatient(request.context.patientId));
      const hook = file.split('/')[0] ?? '';
      const byPrefetch = cardOf((await app.call(hook, request)).body);
      const { prefetch: _, ...bare } = request;
      const byReads = cardOf((await app.call(hook, { ...bare, fhirServer: fhir.url })).body);
      expect([file, byReads?.indicator, byReads?.summary, byReads?.detail]).toEqual([
        file,
        byPrefetch?.indicator,
        byPrefetch?.summary,
        byPrefetch?.detail,
      ]);
      await fhir.close();
    }
  });

  test('a server that fails for one optional slice lowers the card and says what could not be seen', async () => {
    const request = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');
    fhir = await startFhirServer(readPatient(request.context.patientId), (path) =>
      path.startsWith('Procedure') ? 500 : undefined,
    );
    const { body } = await app.call('order-select', { ...request, fhirServer: fhir.url });
    expect(cardOf(body)?.indicator).toBe('info');
    expect(cardOf(body)?.detail).toMatch(/Could not be checked:\*\*.*procedures/);
    await fhir.close();
  });

  test('a server that refuses the conditions is a 412 that names the slice, and nobody [P-10] [F-05]', async () => {
    const request = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');
    fhir = await startFhirServer(readPatient(request.context.patientId), (path) =>
      path.startsWith('Condition') ? 403 : undefined,
    );
    const { status, body } = await app.call('order-select', { ...request, fhirServer: fhir.url });
    expect(status).toBe(412);
    expect(JSON.stringify(body)).toContain('conditions');
    expect(JSON.stringify(body)).not.toMatch(/gluteal-no-rehab|example-token/);
    await fhir.close();
  });

  test('a FHIR server elsewhere is not read in open mode [N-15]', async () => {
    const request = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');
    const { status } = await app.call('order-select', { ...request, fhirServer: 'http://fhir.example.org/fhir' });
    expect(status).toBe(412);
  });
});
