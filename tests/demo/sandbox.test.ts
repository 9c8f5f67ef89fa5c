import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CapabilityStatement, Condition, Patient } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadClients } from '../../src/clients/file.ts';
import { readConfig } from '../../src/config.ts';
import { allPatients, readRequest, templates } from '../support/fixtures.ts';
import { withImaging } from '../support/imaging.ts';
import { problemsOf } from '../support/response-schema.ts';
import { type DemoApp, resourcesOf, startDemoApp } from './server.ts';

let app: DemoApp;
beforeAll(async () => {
  app = await startDemoApp('2026-11-24');
});
afterAll(() => app.close());

const ORIGIN = 'https://sandbox.cds-hooks.org';
/** As the sandbox reads: the media type of FHIR before R3. */
const OLD = { headers: { accept: 'application/json+fhir', origin: ORIGIN } };

describe('what the public CDS Hooks sandbox does with its FHIR server works', () => {
  const linksIn = (file: string) =>
    [...readFileSync(file, 'utf8').matchAll(/https:\/\/sandbox\.cds-hooks\.org\/\?[^`)\s]*/g)].map(([link]) =>
      Object.fromEntries(new URL(link).searchParams),
    );
  const SCREENS = { 'rx-view': 'order-select', 'rx-sign': 'order-sign', pama: 'order-select' } as const;

  test.each(['README.md', 'docs/sandbox.md'])(
    'links of %s name this discovery, this FHIR server, and the hook of their screen',
    async (file) => {
      const links = linksIn(file);
      expect(new Set(links.map(({ screen }) => screen))).toEqual(new Set(Object.keys(SCREENS)));
      for (const { patientId, screen, ...link } of links) {
        expect(link).toEqual({
          serviceDiscoveryURL: 'http://127.0.0.1:3000/cds-services',
          fhirServiceUrl: 'http://127.0.0.1:3000/fhir',
          hook: SCREENS[screen as keyof typeof SCREENS],
        });
        expect((await app.ask(`Patient/${patientId}`)).status).toBe(200);
      }
    },
  );

  test('every synthetic patient has a link', () => {
    expect([...new Set(linksIn('docs/sandbox.md').map(({ patientId }) => patientId))].sort()).toEqual(allPatients());
  });

  test('once the imaging card is shown, a study of its imaging screen gets it, its chart read from here', async () => {
    const shown = await startDemoApp('2026-11-24', { knowledge: withImaging() });
    const request = { ...readRequest('order-select/sandbox-pama-lumbar-mri.json'), fhirServer: shown.fhir };
    const { status, body } = await shown.call('order-select', request);
    await shown.close();
    expect([status, (body as { cards: unknown[] }).cards.length]).toEqual([200, 1]);
    expect(problemsOf(body)).toEqual([]);
    expect(Object.keys(body as object)).toEqual(['cards']);
  });

  test('its clients file, as docs/sandbox.md has it, is sound', async () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/sandbox.md', 'utf8')) ?? [];
    const dir = mkdtempSync(join(tmpdir(), 'rehab-first-sandbox-'));
    writeFileSync(join(dir, 'sandbox.yaml'), yaml);
    const [client] = await loadClients(join(dir, 'sandbox.yaml'));
    rmSync(dir, { recursive: true });
    expect(client).toMatchObject({ issuer: ORIGIN, origins: [ORIGIN], mode: 'live' });
    expect(client?.keys).toEqual({ jwks: { keys: [expect.anything()] }, jku: `${ORIGIN}/.well-known/jwks.json` });
    expect(() => readConfig({ CLIENTS_FILE: 'sandbox.yaml', PUBLIC_BASE_URL: 'http://127.0.0.1:3000' })).not.toThrow();
  });

  test('metadata at its start: FHIR 4, and the types and parameters of our own slices', async () => {
    const { status, headers, body } = await app.ask('metadata', { headers: { accept: 'application/json' } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    const { fhirVersion, rest } = body as CapabilityStatement;
    expect(fhirVersion).toBe('4.0.1');
    const listed = new Map(rest?.[0]?.resource?.map((one) => [one.type as string, one]));
    for (const template of Object.values(templates())) {
      const [type = '', query = ''] = template.split('/')[0]?.split('?') ?? [];
      const parameters = listed.get(type)?.searchParam?.map(({ name }) => name);
      for (const [name, value] of new URLSearchParams(query)) {
        if (name === '_sort') expect(parameters).toContain(value.replace('-', ''));
        else if (name !== '_count') expect(parameters).toContain(name);
      }
      expect(listed.get(type)?.interaction?.map(({ code }) => code)).toEqual(
        expect.arrayContaining(['read', 'search-type']),
      );
    }
    expect(JSON.stringify(body)).not.toContain('_compartment');
  });

  test.each(['Patient', 'Patient?_count=50'])('%s: everybody, with given names', async (query) => {
    const patients = resourcesOf(await app.ask(query, OLD)) as Patient[];
    expect(patients.map(({ id }) => id).sort()).toEqual(allPatients());
    expect(patients.filter(({ name }) => !name?.every(({ given = [] }) => given.length > 0))).toEqual([]);
  });

  test('the patient and the problems, by bare id and by the old media type', async () => {
    const patient = await app.ask('Patient/gluteal-no-rehab', OLD);
    expect([patient.status, patient.body.id]).toEqual([200, 'gluteal-no-rehab']);
    const problems = await app.ask('Condition?patient=gluteal-no-rehab', OLD);
    expect(problems.bundle.total).toBeGreaterThan(0);
    const coded = (resourcesOf(problems) as Condition[]).filter(({ code }) => code?.coding?.[0]?.code !== undefined);
    expect(coded.length).toBeGreaterThan(0);
  });

  test('prefetch is a search by POST with a form', async () => {
    for (const template of Object.values(templates())) {
      if (!template.includes('?')) continue;
      const [type, query = ''] = template.replace('{{context.patientId}}', 'sciatica-partial-care').split('?');
      const body = new URLSearchParams([...new URLSearchParams(query)].sort());
      const posted = await app.ask(`${type}/_search`, { method: 'POST', body });
      expect(posted.status).toBe(200);
      expect(resourcesOf(posted)).toEqual(resourcesOf(await app.ask(`${type}?${body}`)));
    }
  });

  test('a token it does not know is sent as it stands, and finds nothing', async () => {
    const { status, bundle } = await app.ask('Condition?patient=%7B%7Bcontext.nobody%7D%7D');
    expect([status, bundle.total, bundle.entry]).toEqual([200, 0, undefined]);
  });

  test('the practitioner that it makes up is not here', async () => {
    expect((await app.ask('Practitioner/COREPRACTITIONER1')).status).toBe(404);
    expect((await app.ask('Practitioner?name=x')).bundle.total).toBe(0);
  });

  test('a SMART launch is not offered', async () => {
    const launch = await app.ask('_services/smart/Launch', { method: 'POST', body: '{}' });
    expect([launch.status, launch.body.resourceType]).toEqual([404, 'OperationOutcome']);
  });

  test('any page may read the answers, errors too', async () => {
    for (const path of ['metadata', 'Patient/nobody', 'Nothing', 'Patient?nothing=1']) {
      expect((await app.ask(path, OLD)).headers.get('access-control-allow-origin')).toBe('*');
    }
    const preflight = await app.ask('_services/smart/Launch', {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
  });
});
