import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeApp, post, readOutcome, readPointers, startFakeApp } from './fake-app.ts';

let app: FakeApp;
beforeAll(async () => {
  app = await startFakeApp();
});
afterAll(() => app.close());

const url = (): string => `${app.url}/cds-services/both/feedback`;
const good = {
  card: '4e0a3a1e-3587-4533-ada3-a2b0a4e2c1b1',
  outcome: 'accepted',
  acceptedSuggestions: [{ id: 'e56e1945-20b3-4393-8503-a1a20fd73152' }],
  outcomeTimestamp: '2026-11-22T17:12:48.022Z',
};

describe('feedback', () => {
  test('[B-02] well-formed, but there is no store: 503, never a 2xx for something lost', async () => {
    const response = await post(url(), { feedback: [good] });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBeNull();
    expect(response.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    const [issue] = (await readOutcome(response)).issue;
    expect(issue?.details?.coding[0]?.code).toBe('unavailable');
    expect(issue?.diagnostics).toBe(
      'Feedback is not kept by this version: no store is configured, so nothing was recorded',
    );
  });

  test('[N-25] malformed items: 400 naming each', async () => {
    const response = await post(url(), {
      feedback: [good, { ...good, outcome: 'ignored' }, { ...good, card: 1, outcomeTimestamp: 'yesterday' }],
    });
    expect(response.status).toBe(400);
    expect((await readPointers(response)).sort()).toEqual([
      '/feedback/1/outcome',
      '/feedback/2/card',
      '/feedback/2/outcomeTimestamp',
    ]);
  });

  test.each(['[]', '{}', '{"feedback":{}}', '{"feedback":[]}', '{', ''])('[N-25] %j: 400', async (body) => {
    expect((await post(url(), body)).status).toBe(400);
  });
});
