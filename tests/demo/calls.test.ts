import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CdsResponse } from '../../src/cds-hooks/types.ts';
import { moveStory } from '../../src/clinical/story.ts';
import { allPatients, expectations, readRequest } from '../support/fixtures.ts';
import { type DemoApp, startDemoApp } from './server.ts';

const STORIES = expectations().filter(({ file }) => allPatients().includes(readRequest(file).context.patientId));
const cardOf = (body: unknown) => (body as CdsResponse).cards[0];
const classOf = (body: unknown) => (cardOf(body)?.extension?.['org.rehab-first.why'] as { class?: string })?.class;

describe.each(['2026-11-24', '2027-03-07', '2031-02-28'])('on %s', (today) => {
  let app: DemoApp;
  beforeAll(async () => {
    app = await startDemoApp(today);
  });
  afterAll(() => app.close());

  test.each(STORIES.map((row) => [row.file, row] as const))(
    '%s read from /fhir comes out as it should',
    async (file, row) => {
      const [hook = ''] = file.split('/');
      const request = moveStory(readRequest(file), Date.parse(today) / 86_400_000);
      const { prefetch, fhirAuthorization: _, ...bare } = request;
      const byReads = await app.call(hook, { ...bare, fhirServer: app.fhir });
      expect(byReads.status).toBe(200);
      expect([cardOf(byReads.body)?.indicator ?? 'silent', classOf(byReads.body) ?? null]).toEqual([
        row.expect,
        row.card,
      ]);
      if (prefetch === undefined) return;
      expect(byReads).toEqual(await app.call(hook, request));
    },
  );
});

test('there are stories with cards and without', () => {
  expect(new Set(STORIES.map(({ expect: outcome }) => outcome))).toEqual(new Set(['warning', 'info', 'silent']));
});
