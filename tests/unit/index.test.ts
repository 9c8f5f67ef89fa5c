import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type AppOptions, answer, createApp, KnowledgeProblems, loadKnowledge, ServiceError } from '../../src/index.ts';
import { post, readOutcome } from '../contract/fake-app.ts';
import { prefetchFrom } from '../support/fhir-search.ts';
import { readPatient, readRequest, templates } from '../support/fixtures.ts';

const now = new Date('2026-11-24T12:00:00Z');
const knowledge = loadKnowledge();
const call = readRequest('order-select/gluteal-no-rehab.json');
const { prefetch: _, ...bare } = call;

/** Reads a chart of the fixtures, as a FHIR server would have it. */
const readFhir = {
  read: vi.fn(async (path: string) => {
    const found = prefetchFrom(readPatient(call.context.patientId), { one: path }, call.context).one;
    return { ok: true, resource: found as { resourceType: string } } as const;
  }),
};

describe('the engine', () => {
  test('answers a call with its card, and the same call with the same', async () => {
    const response = await answer(call, { knowledge, now });
    expect(response.cards).toMatchObject([{ indicator: 'warning' }]);
    expect(await answer(call, { knowledge, now })).toEqual(response);
  });

  test('takes the day in the zone that it is given, and the language that is wanted', async () => {
    const [card] = (await answer(call, { knowledge, now, languages: ['es-MX', 'en'] })).cards;
    expect(card?.detail).toContain('fisioterapia');
    const late = new Date('2026-11-24T23:30:00Z');
    const [here, there] = await Promise.all(
      ['UTC', 'Pacific/Auckland'].map((timeZone) => answer(call, { knowledge, now: late, timeZone })),
    );
    const dueIn = (response: typeof here) => JSON.stringify(response).match(/2026-11-2\d/g) ?? [];
    expect(dueIn(there)).not.toEqual(dueIn(here));
  });

  test('reads what was not prefetched with the reader that it is given, and has nothing else', async () => {
    expect((await answer(bare, { knowledge, now, readFhir })).cards).toMatchObject([{ indicator: 'warning' }]);
    expect(readFhir.read).toHaveBeenCalledWith(templates().patient?.replace(/{{.*}}/, call.context.patientId));
    await expect(answer(bare, { knowledge, now })).rejects.toMatchObject({ code: 'chart-incomplete', status: 412 });
  });

  test('throws a ServiceError at what is no call, and lists the problems of a folder that is no pack', async () => {
    await expect(answer({ hook: 'order-select' }, { knowledge, now })).rejects.toBeInstanceOf(ServiceError);
    await expect(answer({ ...call, hook: 'patient-view' }, { knowledge, now })).rejects.toBeInstanceOf(ServiceError);
    expect(() => loadKnowledge({ dir: 'fixtures' })).toThrow(KnowledgeProblems);
  });
});

describe('the service, mounted in an application', () => {
  const servers: Server[] = [];
  const entries: unknown[] = [];
  const listen = async (options: Partial<AppOptions> = {}): Promise<string> => {
    const app = createApp({ knowledge, clock: () => now, log: (entry) => void entries.push(entry), ...options });
    const server = createServer(express().use('/cds', app)).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/cds`;
  };
  let plain: string;
  beforeAll(async () => {
    plain = await listen();
  });
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  const select = '/cds-services/rehab-first-order-select';
  const feedback = { feedback: [{ card: 'c', outcome: 'overridden', outcomeTimestamp: now.toISOString() }] };

  test('lists its services, answers a call and tells the log', async () => {
    const listed = (await (await fetch(`${plain}/cds-services`)).json()) as { services: object[] };
    expect(listed.services).toHaveLength(2);
    expect(await (await post(plain + select, call)).json()).toEqual(await answer(call, { knowledge, now }));
    expect(entries).toContainEqual(expect.objectContaining({ hook: 'order-select', cards: 1, status: 200 }));
    expect((await fetch(`${plain}/health/ready`)).status).toBe(200);
  });

  test('asks no FHIR server that a call names, unless it is given a reader', async () => {
    const named = { ...bare, fhirServer: 'http://127.0.0.1:9/fhir' };
    expect((await post(plain + select, named)).status).toBe(412);
    const reading = await listen({ readFhir: () => readFhir });
    expect((await post(reading + select, named)).status).toBe(200);
  });

  test('does not say that feedback is kept, where there is nothing to keep it', async () => {
    const refused = await post(`${plain}${select}/feedback`, feedback);
    expect(refused.status).toBe(503);
    expect((await readOutcome(refused)).issue[0]?.details?.coding[0]?.code).toBe('unavailable');
  });

  test('remembers with the store that it is given, and is not ready while that fails', async () => {
    const recordDecision = vi.fn(async () => {});
    const recordFeedback = vi.fn(async () => {});
    let isHealthy = true;
    const store = { answeredWithin: async () => true, recordDecision, recordFeedback, isHealthy: () => isHealthy };
    const url = await listen({ store });
    expect(await (await post(url + select, call)).json()).toEqual({ cards: [] });
    expect(recordDecision).toHaveBeenCalledOnce();
    expect((await post(`${url}${select}/feedback`, feedback)).status).toBe(200);
    expect(recordFeedback).toHaveBeenCalledOnce();
    isHealthy = false;
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  });
});
