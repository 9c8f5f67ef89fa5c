import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Feedback } from '../../src/cds-hooks/types.ts';
import { Unavailable } from '../../src/errors.ts';
import { type FakeApp, post, readOutcome, readPointers, startFakeApp } from './fake-app.ts';

let app: FakeApp;
let kept: Feedback[];
beforeAll(async () => {
  app = await startFakeApp();
});
beforeEach(() => {
  kept = [];
  app.keepFeedback = async (items) => void kept.push(...items);
});
afterAll(() => app.close());

const url = (): string => `${app.url}/cds-services/both/feedback`;
const accepted = {
  card: '4e0a3a1e-3587-4533-ada3-a2b0a4e2c1b1',
  outcome: 'accepted',
  acceptedSuggestions: [{ id: 'e56e1945-20b3-4393-8503-a1a20fd73152' }],
  outcomeTimestamp: '2026-11-22T17:12:48.022Z',
};
const overridden = { card: accepted.card, outcome: 'overridden', outcomeTimestamp: '2026-11-22T17:13:48+00:00' };
const reason = { code: 'rehab-done-elsewhere', system: 'https://rehab-first.org/fhir/CodeSystem/override-reasons' };

describe('feedback', () => {
  test('[B-01] [B-02] [B-03] [B-07] [B-08] several items, one card twice: all kept, then 200', async () => {
    const response = await post(url(), { feedback: [accepted, overridden, { ...overridden, card: 'another' }] });
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect(kept.map(({ card, outcome }) => [card, outcome])).toEqual([
      [accepted.card, 'accepted'],
      [accepted.card, 'overridden'],
      ['another', 'overridden'],
    ]);
  });

  test.each([
    ['[B-05] no reason', undefined],
    ['[B-06] a reason', { reason }],
    ['[B-06] a comment', { userComment: 'Seen by a physiotherapist abroad' }],
    ['[B-06] both', { reason, userComment: 'In 2025' }],
    ['[B-06] a reason of the client, without a display', { reason: { code: 'own', system: 'urn:example' } }],
  ])('%s: 200', async (_, overrideReason) => {
    const item = { ...overridden, ...(overrideReason && { overrideReason }) };
    expect((await post(url(), { feedback: [item] })).status).toBe(200);
    expect(kept).toEqual([item]);
  });

  test('[B-04] accepted without saying what: 400', async () => {
    const { acceptedSuggestions: _, ...item } = accepted;
    const response = await post(url(), { feedback: [item] });
    expect(response.status).toBe(400);
    expect(await readPointers(response)).toEqual(['/feedback/0/acceptedSuggestions']);
    expect(kept).toEqual([]);
  });

  test('[N-25] malformed items beside good ones: the good are kept, and a 400 names the others', async () => {
    const response = await post(url(), {
      feedback: [
        accepted,
        { ...accepted, outcome: 'ignored' },
        { ...accepted, card: 1, outcomeTimestamp: 'yesterday' },
      ],
    });
    expect(response.status).toBe(400);
    const { issue } = await readOutcome(response);
    expect(issue[0]?.details?.text).toBe('The feedback does not follow CDS Hooks; the other item is kept');
    expect(issue.map(({ expression }) => expression?.[0]).sort()).toEqual([
      '/feedback/1/outcome',
      '/feedback/2/card',
      '/feedback/2/outcomeTimestamp',
    ]);
    expect(kept).toEqual([accepted]);
  });

  test('[B-09] ignored cards are not reported', async () => {
    expect((await post(url(), { feedback: [{ ...overridden, outcome: 'ignored' }] })).status).toBe(400);
  });

  test('what cannot be kept is answered 503, never a 2xx, and the good items are not called kept', async () => {
    app.keepFeedback = async () => {
      throw new Unavailable('The database (SQLite) does not work at the moment: SQLITE_FULL.');
    };
    for (const feedback of [[accepted], [accepted, { ...accepted, card: 1 }]]) {
      const response = await post(url(), { feedback });
      expect(response.status).toBe(503);
      const [issue] = (await readOutcome(response)).issue;
      expect(issue?.details?.coding[0]?.code).toBe('unavailable');
    }
  });

  test.each(['[]', '{}', '{"feedback":{}}', '{"feedback":[]}', '{', ''])('[N-25] %j: 400', async (body) => {
    expect((await post(url(), body)).status).toBe(400);
  });
});
