import type { Bundle } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleOf, exportPack } from '../../src/export/resources.ts';
import { valueSetsIn } from '../../src/export/value-sets.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { signOffDocument } from '../../src/sign-off/document.ts';
import { readOutcome } from '../contract/fake-app.ts';
import { rows } from '../insights/rows.ts';
import { startPages } from '../support/pages.ts';
import type { RealApp } from '../support/real-app.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
const resources = exportPack(knowledge, valueSetsIn('cards', []));

describe.each([
  ['open mode', true],
  ['registered clients', false],
])('the pack as FHIR over HTTP, with %s', (_, isOpen) => {
  let app: RealApp;
  beforeAll(async () => {
    app = await startPages('2026-11-24', { decisions: () => rows([]), feedback: () => rows([]) }, undefined, isOpen);
  });
  afterAll(() => app.close());
  const get = (path: string, headers: Record<string, string> = {}) => fetch(app.url + path, { headers });

  test.each(['gzip', 'identity'])(
    'is what the command prints, to whoever accepts %s, and needs no token',
    async (coding) => {
      const response = await get('/knowledge/fhir', { 'accept-encoding': coding });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
      expect(response.headers.get('content-encoding')).toBe(coding === 'gzip' ? 'gzip' : null);
      expect((await response.json()) as Bundle).toEqual(JSON.parse(JSON.stringify(bundleOf(resources))));
    },
  );

  test.each([
    ['gzip', 'gzip'],
    ['identity', null],
    ['gzip;q=0', null],
    ['br', null],
  ])('the document to sign is the same text to whoever accepts %s', async (accepted, coding) => {
    const response = await get('/knowledge/pack.md', { 'accept-encoding': accepted });
    expect(response.headers.get('content-encoding')).toBe(coding);
    expect(response.headers.get('vary')?.split(', ').sort()).toEqual(['Accept-Encoding', 'Accept-Language']);
    expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(await response.text()).toBe(signOffDocument(knowledge));
  });

  test('has every resource under its type and id', async () => {
    for (const wanted of resources.filter((_, index) => index % 20 === 0)) {
      const response = await get(`/knowledge/fhir/${wanted.resourceType}/${wanted.id}`);
      expect(response.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
      expect(await response.json()).toEqual(JSON.parse(JSON.stringify(wanted)));
    }
  });

  test.each(
    ['/knowledge/fhir', '/knowledge/fhir/Library/rehab-first-pack', '/knowledge/pack.md'].flatMap((path) => [
      [path, 'gzip'] as const,
      [path, 'identity'] as const,
    ]),
  )('%s is sent again only when it has changed, as %s', async (path, coding) => {
    const asked = { 'accept-encoding': coding, 'cache-control': 'max-age=0' };
    const first = await get(path, asked);
    expect(first.headers.get('cache-control')).toMatch(/^(?:public, )?no-cache$/);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"[\w-]{43}"$/);
    const again = (known: string) => get(path, { ...asked, 'if-none-match': known });
    const same = await again(tag);
    expect([same.status, await same.text()]).toEqual([304, '']);
    expect((await again('W/"other"')).status).toBe(200);
  });

  test.each(['gzip', 'identity'])('HEAD has no body, as %s', async (coding) => {
    const head = await fetch(`${app.url}/knowledge/fhir`, { method: 'HEAD', headers: { 'accept-encoding': coding } });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('what it has not is a 404, and what cannot be done a 405', async () => {
    const missing = await get('/knowledge/fhir/PlanDefinition/nobody');
    expect(missing.status).toBe(404);
    expect((await readOutcome(missing)).issue[0]?.details?.coding[0]?.code).toBe('not-found');
    const posted = await fetch(`${app.url}/knowledge/fhir`, { method: 'POST', body: '{}' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});
