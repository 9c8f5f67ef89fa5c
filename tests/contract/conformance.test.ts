import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card, CdsResponse, ServiceDescription } from '../../src/cds-hooks/types.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { startFhirServer } from '../support/fhir-server.ts';
import {
  allPatients,
  expectations,
  type RequestFixture,
  readPatient,
  readRequest,
  templates,
} from '../support/fixtures.ts';
import { type RealApp, startRealApp } from '../support/real-app.ts';
import { problemsOf } from '../support/response-schema.ts';
import { post, readOutcome, readPointers } from './fake-app.ts';

/** Requirements of the standard that hold for the service as a whole, over the real cards. */
const TODAY = '2026-11-24';
const SELECT = '/cds-services/rehab-first-order-select';
const STORY = 'order-select/gluteal-no-rehab.json';

let app: RealApp;
let services: ServiceDescription[];
const answers: { text: string; ms: number; cards: Card[] }[] = [];

beforeAll(async () => {
  app = await startRealApp(TODAY);
  services = ((await (await fetch(`${app.url}/cds-services`)).json()) as { services: ServiceDescription[] }).services;
  for (const { file } of expectations().filter((row) => !row.file.includes('without-prefetch'))) {
    const startedAt = performance.now();
    const response = await post(`${app.url}/cds-services/rehab-first-${file.split('/')[0]}`, readRequest(file));
    const text = await response.text();
    answers.push({ text, ms: performance.now() - startedAt, cards: (JSON.parse(text) as CdsResponse).cards });
  }
});
afterAll(() => app.close());

const cards = (): Card[] => answers.flatMap((answer) => answer.cards);
const callCard = async (body: unknown): Promise<Card | undefined> => {
  const response = await post(app.url + SELECT, body);
  expect(response.status).toBe(200);
  const answer = (await response.json()) as CdsResponse;
  expect(problemsOf(answer)).toEqual([]);
  return answer.cards[0];
};

describe('discovery', () => {
  test('[P-14] [P-18] no template rests on another one, on FHIRPath or on a date that the client works out', () => {
    for (const template of services.flatMap(({ prefetch }) => Object.values(prefetch ?? {})))
      expect(template).not.toMatch(/%\w+\.|ofType|resolve\(|today\(/);
  });

  test('[D-12] no version of a hook is claimed, and each service has a place of its own', () => {
    for (const service of services) expect(service).not.toHaveProperty('hookVersion');
  });

  test('[H-01] hooks are named noun-verb', () => {
    for (const { hook } of services) expect(hook).toMatch(/^[a-z]+-[a-z]+$/);
  });

  test('[D-14] [R-05] what fails otherwise is a 4xx with an OperationOutcome', async () => {
    for (const response of [await post(`${app.url}/cds-services`, {}), await post(app.url + SELECT, {})]) {
      expect([405, 400]).toContain(response.status);
      expect((await readOutcome(response)).resourceType).toBe('OperationOutcome');
    }
  });
});

describe('answers', () => {
  test('[G-06] are strict JSON: nothing in them but what they mean', () => {
    for (const { text } of answers) expect(JSON.stringify(JSON.parse(text))).toBe(text);
  });

  test('[P-15] with full prefetch take less than 500 ms at the 95th percentile', () => {
    const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThan(500);
  });

  test('[C-08] [C-12] have a source without an icon, whose topic is a coding where there is one', () => {
    for (const { source } of cards()) {
      expect(source).not.toHaveProperty('icon');
      if (source.topic !== undefined) expect([source.topic.code, source.topic.system].every(Boolean)).toBe(true);
    }
  });

  test('[S-08] change no order: they create drafts and remove them', () => {
    const actions = cards().flatMap(({ suggestions = [] }) => suggestions.flatMap((one) => one.actions));
    expect(actions.length).toBeGreaterThan(5);
    expect(actions.filter(({ type }) => type === 'update')).toEqual([]);
  });

  test('[L-04] [L-05] have no link that is launched by itself', () => {
    for (const link of cards().flatMap(({ links = [] }) => links)) expect(link).not.toHaveProperty('autolaunchable');
  });

  test('[N-24] no summary and no line of the log has a name of a patient, an id or a comment', async () => {
    const feedback = [
      {
        card: cards()[0]?.uuid,
        outcome: 'overridden',
        overrideReason: { userComment: 'Stairfoot said no' },
        outcomeTimestamp: `${TODAY}T10:00:00Z`,
      },
    ];
    expect((await post(`${app.url}${SELECT}/feedback`, { feedback })).status).toBe(200);
    const names = allPatients().flatMap((id) => {
      const patient = readPatient(id).entry?.find(({ resource }) => resource?.resourceType === 'Patient')?.resource;
      const [name] = (patient as { name?: { family?: string; given?: string[] }[] }).name ?? [];
      return [name?.family ?? '', ...(name?.given ?? [])].filter((word) => word.length > 3);
    });
    expect(names.length).toBeGreaterThan(20);
    await expect.poll(() => app.entries.at(-1)?.route).toBe('/cds-services/:id/feedback');
    const said = [...cards().map(({ summary }) => summary), JSON.stringify(app.entries)].join('\n');
    for (const word of [...names, ...allPatients(), 'Stairfoot']) expect(said).not.toContain(word);
  });
});

describe('prefetch', () => {
  const request = readRequest(STORY);
  const keys = Object.keys(request.prefetch ?? {});
  const only = (kept: readonly string[]) => ({
    ...request,
    prefetch: Object.fromEntries(kept.map((key) => [key, request.prefetch?.[key]])),
  });

  test.each(keys)('[P-11] without %s the answer is a card, or a 412 that names it', async (key) => {
    const response = await post(app.url + SELECT, only(keys.filter((other) => other !== key)));
    if (['patient', 'conditions'].includes(key)) {
      expect(response.status).toBe(412);
      expect(await readPointers(response)).toEqual([`/prefetch/${key}`]);
    } else {
      expect(response.status).toBe(200);
      expect(problemsOf(await response.json())).toEqual([]);
    }
  });

  test('[P-11] of any subset the answer is a 200 or a 412', async () => {
    for (const [index] of keys.entries()) {
      const { status } = await post(app.url + SELECT, only(keys.slice(0, index)));
      expect([200, 412]).toContain(status);
    }
  });
});

describe('FHIR reads', () => {
  const request = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');

  test('[F-07] are those that the cards need, each once, about the patient in context', async () => {
    const fhir = await startFhirServer(readPatient(request.context.patientId));
    await callCard({ ...request, fhirServer: fhir.url });
    const { patientId, encounterId = '' } = request.context;
    const wanted = [...loadKnowledge({ dir: 'cards' }).slices.values()].map(({ template }) =>
      template.replaceAll('{{context.patientId}}', patientId).replaceAll('{{context.encounterId}}', encounterId),
    );
    const paths = fhir.asked.map(({ path }) => path);
    expect(paths.filter((path) => !wanted.includes(path))).toEqual([]);
    expect(new Set(paths).size).toBe(paths.length);
    await fhir.close();
  });

  test('[F-07] for an order that no card is about there are none', async () => {
    const fhir = await startFhirServer(readPatient(request.context.patientId));
    const selections = ['ServiceRequest/nobody'];
    await callCard({ ...request, context: { ...request.context, selections }, fhirServer: fhir.url });
    expect(fhir.asked).toEqual([]);
    await fhir.close();
  });

  test('[I-04] a fhirAuthorization without its fhirServer: 400', async () => {
    const { fhirServer: _, ...rest } = request;
    const response = await post(app.url + SELECT, rest);
    expect(response.status).toBe(400);
    expect(await readPointers(response)).toEqual(['/fhirServer']);
  });
});

/** The story as a client of a version sends it; the card must be the same. */
describe('a request in the style of', () => {
  const request = readRequest(STORY);
  const isEmpty = ({ resourceType, entry = [] }: { resourceType?: string; entry?: unknown[] }) =>
    resourceType === 'Bundle' && entry.length === 0;
  const withoutEmpties = (prefetch: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(prefetch).map(([key, value]) => [key, isEmpty(value as object) ? null : value]));
  const authorization = (more: object) => ({
    access_token: 'token-of-this-call',
    token_type: 'Bearer',
    expires_in: 300,
    subject: 'rehab-first',
    ...more,
  });
  const expected = async () => ({ summary: (await callCard(request))?.summary, indicator: 'warning' });

  test('[P-12] [X-01] CDS Hooks 1.0 is answered: null for nothing found, a Bundle without type, orders of other kinds', async () => {
    const { context, prefetch = {} } = request;
    const draftOrders = {
      resourceType: 'Bundle',
      entry: [
        { resource: { resourceType: 'NutritionOrder', id: 'pureeddiet-simple', status: 'draft' } },
        ...(context.draftOrders.entry ?? []),
      ],
    };
    const body = {
      hookInstance: request.hookInstance.toUpperCase(),
      fhirServer: 'http://hooks.smarthealthit.org:9080',
      hook: 'order-select',
      user: 'Practitioner/example',
      fhirAuthorization: authorization({ scope: 'user/Patient.read user/Observation.read' }),
      context: { ...context, draftOrders },
      prefetch: withoutEmpties(prefetch),
    };
    expect(Object.values(body.prefetch)).toContain(null);
    expect(await callCard(body)).toMatchObject(await expected());
  });

  test('[P-13] [P-08] CDS Hooks 2.0 is answered: pages, an OperationOutcome under a key, a token for a patient', async () => {
    const fhir = await startFhirServer(readPatient(request.context.patientId));
    const { prefetch = {}, context } = request;
    const conditions = prefetch.conditions as { entry: unknown[] };
    const query = (templates().conditions ?? '').replaceAll('{{context.patientId}}', context.patientId);
    const body: RequestFixture = {
      ...request,
      fhirServer: `${fhir.url}/`,
      fhirAuthorization: authorization({ scope: 'patient/*.read', patient: context.patientId }),
      prefetch: {
        ...prefetch,
        conditions: {
          ...conditions,
          entry: conditions.entry.slice(0, 1),
          link: [{ relation: 'next', url: `${fhir.url}/${query}` }],
        },
        reports: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'forbidden' }] },
      },
    };
    expect(await callCard(body)).toMatchObject(await expected());
    expect(fhir.asked.map(({ path, authorization: sent }) => [path, sent])).toContainEqual([
      query,
      'Bearer token-of-this-call',
    ]);
    await fhir.close();
  });

  test('[X-01] [P-17] CDS Hooks 3.0 is answered: SMART 2 scopes, extensions, keys of other services, a role as the user', async () => {
    const body = {
      ...request,
      fhirServer: 'https://ehr.example.org/fhir',
      fhirAuthorization: authorization({ scope: 'user/Patient.rs user/Condition.rs?category=problem-list-item' }),
      extension: { 'davinci-crd.configuration': { 'coverage-info': true }, 'davinci-crd.version': '2.2' },
      context: { ...request.context, userId: 'PractitionerRole/a-1', extension: { 'org.example.x': [] } },
      prefetch: { ...request.prefetch, 'another-service': { resourceType: 'Coverage', id: 'c', status: 'active' } },
    };
    expect(await callCard(body)).toMatchObject(await expected());
  });
});
