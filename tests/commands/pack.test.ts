import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { run, start } from './run.ts';

/** A pack for another field, as somebody else would use it: with the built command line and without a line of program. */
const PACK = { CARDS_DIR: 'tests/packs/knee' };
const REQUEST = 'tests/packs/knee.request.json';

test('check finds it well', async () => {
  const { code, stdout } = await run(['check'], PACK);
  expect(stdout).toMatch(/^1 card, 1 parameter, 2 sources, 5 vignettes; sha256:\w+\nAll well\.\n$/);
  expect(code).toBe(0);
});

test('explain prints what cards/README.md says it prints', async () => {
  const { code, stdout } = await run(['explain', REQUEST, '2026-11-24'], PACK);
  expect(code).toBe(0);
  const page = readFileSync('cards/README.md', 'utf8');
  const quoted = /prints:\n\n```\n(knee-first-order-sign,[\s\S]*?)```/.exec(page)?.[1];
  expect(stdout).toBe(quoted);
});

test('serve offers it over HTTP, and answers its request with its card', async () => {
  const service = await start(PACK);
  const listed = (await (await fetch(`${service.url}/cds-services`)).json()) as { services: object[] };
  expect(listed.services).toMatchObject([
    { id: 'knee-first-order-select', hook: 'order-select', title: 'Knee first' },
    { id: 'knee-first-order-sign', hook: 'order-sign', prefetch: { procedures: expect.any(String) } },
  ]);
  const response = await fetch(`${service.url}/cds-services/knee-first-order-sign`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: readFileSync(REQUEST),
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    cards: [
      {
        indicator: 'warning',
        summary: 'Try physiotherapy before this arthroscopy: none in 12 weeks',
        source: { label: 'Example trial, 2020' },
      },
    ],
  });
  expect(await service.stop()).toBe(0);
});
