import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Action, Card, CdsResponse, ServiceDescription, Suggestion } from '../../src/cds-hooks/types.ts';
import { expectations, readRequest } from '../support/fixtures.ts';
import { type RealApp, startRealApp } from '../support/real-app.ts';
import { problemsOf } from '../support/response-schema.ts';

/** What the real cards answer to every story that needs no FHIR server, held to the requirements by their numbers. */
let app: RealApp;
let services: ServiceDescription[];
const answers: { file: string; status: number; type: string | null; body: CdsResponse }[] = [];

beforeAll(async () => {
  app = await startRealApp('2026-11-24');
  services = ((await (await fetch(`${app.url}/cds-services`)).json()) as { services: ServiceDescription[] }).services;
  for (const { file } of expectations().filter((row) => !row.file.includes('without-prefetch'))) {
    const response = await fetch(`${app.url}/cds-services/rehab-first-${file.split('/')[0]}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(readRequest(file)),
    });
    answers.push({
      file,
      status: response.status,
      type: response.headers.get('content-type'),
      body: (await response.json()) as CdsResponse,
    });
  }
});
afterAll(() => app.close());

const cards = (): Card[] => answers.flatMap(({ body }) => body.cards);
const suggestions = (): Suggestion[] => cards().flatMap((card) => card.suggestions ?? []);
const actions = (): Action[] => suggestions().flatMap((suggestion) => suggestion.actions);

describe('discovery', () => {
  test('[D-05] [D-07] [D-08] each service has hook, description and id, and is at its id', async () => {
    for (const { hook, id, description } of services) {
      expect([typeof hook, typeof description]).toEqual(['string', 'string']);
      expect((await fetch(`${app.url}/cds-services/${id}`, { method: 'OPTIONS' })).status).toBe(204);
    }
    expect(services.length).toBeGreaterThan(0);
  });
  test('[D-06] [D-10] [D-11] title, usage requirements and the version of CDS Hooks are there', () => {
    for (const { title, usageRequirements, version } of services) {
      expect(title).toBeTruthy();
      expect(usageRequirements).toBeTruthy();
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });
  test('[D-13] an id stands for a hook once', () => {
    const pairs = services.map(({ hook, id }) => `${hook} ${id}`);
    expect(new Set(pairs).size).toBe(pairs.length);
  });
  test('[D-09] [P-01] [P-02] prefetch maps keys to relative reads and searches', () => {
    for (const { prefetch } of services) {
      expect(Object.keys(prefetch ?? {}).length).toBeGreaterThan(0);
      for (const template of Object.values(prefetch ?? {})) expect(template).toMatch(/^[A-Z][A-Za-z]+[/?][^\s]+$/);
    }
  });
  test('[P-03] [P-04] [P-05] [P-06] tokens are context.patientId and context.encounterId only', () => {
    const templates = services.flatMap(({ prefetch }) => Object.values(prefetch ?? {}));
    const tokens = templates.flatMap((template) => [...template.matchAll(/\{\{(.*?)\}\}/g)].map(([, token]) => token));
    expect([...new Set(tokens)].sort()).toEqual(['context.encounterId', 'context.patientId']);
  });
  test('[P-07] queries keep to the subset: no include, no chaining, no modifier, nothing twice', () => {
    for (const template of services.flatMap(({ prefetch }) => Object.values(prefetch ?? {}))) {
      const names = (template.split('?')[1] ?? '').split('&').map((part) => part.split('=')[0] ?? '');
      expect(names.filter((name) => /include|_has|[.:]/.test(name))).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

describe('answers', () => {
  test('[G-01] [R-01] [R-03] every story is a 200 in JSON with cards, empty where there is nothing to say', () => {
    for (const { status, type, body } of answers) {
      expect(status).toBe(200);
      expect(type).toMatch(/^application\/json/);
      expect(Array.isArray(body.cards)).toBe(true);
    }
    expect(answers.filter(({ body }) => body.cards.length === 0).length).toBeGreaterThan(3);
    expect(cards().length).toBeGreaterThan(5);
  });
  test('[G-03] [G-04] [N-22] nothing empty, nothing the standard does not define', () => {
    for (const { file, body } of answers) expect([file, problemsOf(body)]).toEqual([file, []]);
  });
  test('[R-02] [S-11] no system actions', () => {
    for (const { body } of answers) expect(Object.keys(body)).toEqual(['cards']);
  });
  test('[C-01] [S-02] cards and suggestions have uuids of their own', () => {
    const uuids = [...cards(), ...suggestions()].map(({ uuid }) => uuid);
    expect(new Set(uuids).size).toBe(uuids.length);
  });
  test('[C-02] summaries are shorter than 140 characters', () => {
    for (const { summary } of cards()) expect(summary.length).toBeLessThan(140);
  });
  test('[C-03] detail is Markdown without HTML', () => {
    for (const { detail } of cards()) expect(detail).not.toMatch(/<[a-z/!]/i);
  });
  test('[C-04] the indicator is info or warning, never critical', () => {
    expect(new Set(cards().map(({ indicator }) => indicator))).toEqual(new Set(['info', 'warning']));
  });
  test('[C-05] [C-06] [C-07] [C-11] the source has a label and an absolute address of its own', () => {
    for (const { source } of cards()) {
      expect(source.label).toBeTruthy();
      expect(URL.canParse(source.url ?? '')).toBe(true);
    }
  });
  test('[C-09] [C-13] suggestions bring a selection behaviour of the standard', () => {
    for (const card of cards()) if (card.suggestions !== undefined) expect(card.selectionBehavior).toBe('at-most-one');
  });
  test('[C-10] [X-04] override reasons are codings with a display', () => {
    const reasons = cards().flatMap((card) => card.overrideReasons ?? []);
    expect(reasons.length).toBeGreaterThan(0);
    for (const { code, system, display } of reasons) expect([code, system, display].every(Boolean)).toBe(true);
  });
  test('[S-01] [S-03] suggestions have labels, and one of them at most is recommended', () => {
    for (const { label } of suggestions()) expect(label).toBeTruthy();
    for (const card of cards())
      expect((card.suggestions ?? []).filter(({ isRecommended }) => isRecommended).length).toBeLessThan(2);
  });
  test('[S-04] [S-05] [S-06] [S-10] actions have a type and a description, and no selection behaviour of their own', () => {
    expect(new Set(actions().map(({ type }) => type))).toEqual(new Set(['create', 'delete']));
    for (const action of actions()) {
      expect(action.description).toBeTruthy();
      expect(action).not.toHaveProperty('actionSelectionBehavior');
    }
  });
  test('[S-07] [G-05] [N-23] a created order is a draft for the patient in context', () => {
    for (const { file, body } of answers) {
      const { patientId } = readRequest(file).context;
      for (const { resource } of body.cards.flatMap((card) => card.suggestions ?? []).flatMap((one) => one.actions)) {
        if (resource === undefined) continue;
        expect(resource).toMatchObject({
          status: 'draft',
          intent: 'order',
          subject: { reference: `Patient/${patientId}` },
        });
      }
    }
  });
  test('[S-09] a delete names an order of the request, and brings no resource', () => {
    for (const { file, body } of answers) {
      const drafts = readRequest(file).context.draftOrders.entry?.map(
        ({ resource }) => `${resource?.resourceType}/${resource?.id}`,
      );
      const deleted = body.cards
        .flatMap((card) => card.suggestions ?? [])
        .flatMap((one) => one.actions.filter(({ type }) => type === 'delete'));
      for (const { resourceId, resource } of deleted) {
        expect(drafts).toContain(resourceId);
        expect(resource).toBeUndefined();
      }
    }
  });
  test('[L-01] [L-02] [L-03] links are absolute, with label and address, and no app context', () => {
    const links = cards().flatMap((card) => card.links ?? []);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      expect(link.type).toBe('absolute');
      expect(URL.canParse(link.url)).toBe(true);
      expect(link).not.toHaveProperty('appContext');
    }
  });
  test('[X-01] extensions and unknown members do not stop an answer', async () => {
    const request = readRequest('order-select/gluteal-no-rehab.json');
    const extra = { 'org.example.more': { deep: [1, null] } };
    const { status, body } = await app.call('order-select', {
      ...request,
      extension: extra,
      more: 1,
      context: { ...request.context, extension: extra },
    });
    expect(status).toBe(200);
    expect((body as CdsResponse).cards).toHaveLength(1);
  });
  test('[X-02] [X-03] our own extension is an object under a name of its own', () => {
    for (const { extension } of cards()) expect(Object.keys(extension ?? {})).toEqual(['org.rehab-first.why']);
  });
  test('[H-03] [N-13] selections that name nothing, and orders without anything in them, are answered with no cards', async () => {
    const request = readRequest('order-select/gluteal-no-rehab.json');
    for (const context of [
      { ...request.context, selections: ['ServiceRequest/nobody'] },
      {
        ...request.context,
        draftOrders: { resourceType: 'Bundle', entry: [{}, null, { resource: { resourceType: 'ServiceRequest' } }] },
      },
    ]) {
      expect(await app.call('order-select', { ...request, context })).toEqual({ status: 200, body: { cards: [] } });
    }
  });
  test('[N-20] words of the chart and the order stay words', async () => {
    const request = structuredClone(readRequest('order-select/gluteal-no-rehab.json'));
    const hostile =
      '[click](javascript:alert(1)) <img src=x onerror=alert(1)> # big **hip** injection www.evil.example';
    for (const { resource } of request.context.draftOrders.entry ?? []) {
      const { code } = (resource ?? {}) as { code?: { text?: string } };
      if (code !== undefined) code.text = hostile;
    }
    const { body } = await app.call('order-select', request);
    const [card] = (body as CdsResponse).cards;
    expect(card?.detail).toContain('click');
    expect(card?.detail).not.toMatch(/(?<!\\)\]\(javascript|<img|www\.evil/);
    expect(JSON.stringify([card?.summary, card?.suggestions?.map(({ label }) => label)])).not.toContain('evil');
  });
});
