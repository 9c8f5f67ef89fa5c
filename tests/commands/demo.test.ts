import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CdsResponse } from '../../src/cds-hooks/types.ts';
import { dayIn } from '../../src/clinical/dates.ts';
import { moveStory } from '../../src/clinical/story.ts';
import { readRequest } from '../support/fixtures.ts';
import { type Started, start } from './run.ts';

let service: Started;
beforeAll(async () => {
  service = await start({ FHIR_BUDGET_MS: '30000' });
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
});

test('the started service reads a chart from its own demo EHR, whatever the day, and answers with its card', async () => {
  const { prefetch: _, ...request } = moveStory(
    readRequest('order-select/gluteal-no-rehab.json'),
    dayIn(new Date(), 'UTC'),
  );
  const response = await fetch(`${service.url}/cds-services/rehab-first-order-select`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, fhirServer: `${service.url}/fhir`, fhirAuthorization: undefined }),
  });
  expect(response.status).toBe(200);
  const { cards } = (await response.json()) as CdsResponse;
  expect(cards).toMatchObject([{ indicator: 'warning' }]);
  expect(cards[0]?.detail).toContain('14 weeks');
});
