import { describe, expect, test } from 'vitest';
import { considerCall } from '../../src/answer.ts';
import type { HookRequest } from '../../src/cds-hooks/types.ts';
import { aContext, aDraft } from '../support/builders.ts';
import { load, swap } from './knowledge/pack.ts';

const draft = load({ 'knee/scope.yaml': swap('status: active', 'status: draft') });
const request: HookRequest = {
  hook: 'order-select',
  hookInstance: '00000000-0000-4000-8000-000000000000',
  context: { ...aContext([aDraft('o1', 'cpt|29881')]), selections: ['ServiceRequest/o1'] },
};
const deps = {
  knowledge: draft,
  timeZone: 'UTC',
  clock: () => new Date('2026-11-24T12:00:00Z'),
  openReader: () => undefined,
};

describe('an order whose class has draft cards only', () => {
  test('is out of scope: nothing is asked for, and no chart is needed', async () => {
    const { response, scoped } = await considerCall('knee-select', request, deps);
    expect(response.cards).toEqual([]);
    expect(scoped).toEqual([]);
  });

  test('needs its chart like any other once drafts are considered', async () => {
    await expect(considerCall('knee-select', request, { ...deps, considersDrafts: true })).rejects.toThrow();
  });

  test('is judged over its chart, and still not shown', async () => {
    const prefetch = { patient: { resourceType: 'Patient', id: 'p1' } };
    const considered = await considerCall('knee-select', { ...request, prefetch }, { ...deps, considersDrafts: true });
    expect(considered.drafts?.judgements.map(({ card }) => card.id)).toEqual(['knee-scope-first']);
    expect(considered.response.cards).toEqual([]);
  });
});
