import type { Bundle, Resource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prefetchFrom } from '../support/fhir-search.ts';
import { allPatients, readPatient, templates } from '../support/fixtures.ts';
import { type DemoApp, resourcesOf, startDemoApp } from './server.ts';

let app: DemoApp;
beforeAll(async () => {
  app = await startDemoApp('2026-11-24');
});
afterAll(() => app.close());

const TEMPLATES = templates();
const idOfEncounter = (chart: Bundle): string | undefined =>
  chart.entry?.find(({ resource }) => resource?.resourceType === 'Encounter')?.resource?.id;

describe('every slice holds what an independent search over the raw chart finds', () => {
  test.each(allPatients())('%s', async (patientId) => {
    const chart = readPatient(patientId);
    const encounterId = idOfEncounter(chart);
    const context = { patientId, ...(encounterId !== undefined && { encounterId }) };
    const expected = prefetchFrom(chart, TEMPLATES, context);
    expect(Object.keys(expected).length).toBeGreaterThan(10);
    for (const [name, found] of Object.entries(expected)) {
      const query = (TEMPLATES[name] ?? '')
        .replace('{{context.patientId}}', patientId)
        .replace('{{context.encounterId}}', encounterId ?? '');
      const answer = await app.ask(query);
      expect([name, answer.status]).toEqual([name, 200]);
      if (!query.includes('?')) {
        expect(answer.body).toEqual(found);
        continue;
      }
      const { total, entry = [] } = found as Bundle;
      expect([name, answer.bundle.total, answer.bundle.type]).toEqual([name, total, 'searchset']);
      expect(resourcesOf(answer)).toEqual(entry.map(({ resource }) => resource));
      for (const { fullUrl, resource, search } of answer.bundle.entry ?? []) {
        expect(fullUrl).toBe(`${app.fhir}/${resource?.resourceType}/${resource?.id}`);
        expect(search?.mode).toBe('match');
      }
      const whole = await app.ask(query.replace(`=${patientId}`, `=Patient/${patientId}`));
      expect(resourcesOf(whole)).toEqual(resourcesOf(answer));
    }
  });

  test('page by page, over links under the base that was asked', async () => {
    const query = 'Procedure?patient=gluteal-completed-programme&_sort=-date&_count=200';
    const all = resourcesOf(await app.ask(query));
    const pages: Resource[][] = [];
    for (let next: string | undefined = query.replace('200', '7'); next !== undefined; ) {
      const answer = await app.ask(next);
      pages.push(resourcesOf(answer));
      expect(answer.bundle.total).toBe(all.length);
      next = answer.bundle.link?.find(({ relation }) => relation === 'next')?.url;
      if (next !== undefined) expect(next.startsWith(`${app.fhir}/Procedure?`)).toBe(true);
    }
    expect(pages.length).toBe(Math.ceil(all.length / 7));
    expect(pages.flat()).toEqual(all);
    const elsewhere = await app.ask(`${app.fhir.replace('127.0.0.1', 'localhost')}/Procedure?_count=1`);
    expect(elsewhere.bundle.link?.map(({ url }) => new URL(url).hostname)).toEqual(['localhost', 'localhost']);
  });
});
