import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post } from '../contract/fake-app.ts';
import { allRequests, readRequest } from '../support/fixtures.ts';
import { type RealApp, startRealApp } from '../support/real-app.ts';
import { problemsOf } from '../support/response-schema.ts';

const SEED = 20_261_124;
/** Generous, for slow machines; what never ends goes beyond it. */
const MOST_MS = 5000;
const REFUSALS = [400, 404, 412, 413, 415];

let app: RealApp;
beforeAll(async () => {
  app = await startRealApp('2026-11-24', { fhirBudgetMs: 300 });
});
afterAll(() => app.close());

/** Sends a body, and holds the answer to what every answer must be. */
async function checked(path: string, body: unknown, headers: Record<string, string> = {}): Promise<number> {
  const startedAt = performance.now();
  const response = await post(app.url + path, body, headers);
  const answer = JSON.parse(await response.text()) as { resourceType?: string; issue?: unknown[] };
  expect(performance.now() - startedAt).toBeLessThan(MOST_MS);
  if (response.status === 200) {
    if (!path.endsWith('/feedback')) expect(problemsOf(answer)).toEqual([]);
  } else {
    expect(REFUSALS).toContain(response.status);
    expect(answer.resourceType).toBe('OperationOutcome');
    expect(answer.issue?.length).toBeGreaterThan(0);
  }
  return response.status;
}

const story = readRequest('order-select/gluteal-no-rehab.json');
/** A call of somebody else gets its card as ever. */
async function expectUnaffected(): Promise<void> {
  const { status, body } = await app.call('order-select', story);
  expect(status).toBe(200);
  expect((body as { cards: unknown[] }).cards).toHaveLength(1);
}

const SERVICES = ['/cds-services/rehab-first-order-select', '/cds-services/rehab-first-order-sign'];
const FEEDBACK = SERVICES.map((path) => `${path}/feedback`);

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, '', [], {}, [null], 0, -1, 1e308, true, '__proto__', '../..', '\u0000', '\ud800', {
    reference: '#',
  }),
  // what cannot be made a text of
  fc.constantFrom<unknown>({ toString: 1 }, [{ toString: 1, valueOf: null }]),
  fc
    .constantFrom('2026-02-30', '9999-12-31T23:59:60Z', '0000-00-00', 'Patient/', 'x'.repeat(10_000))
    .map((text): unknown => text),
);

/** Every place in a JSON value. */
function placesIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const members = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  return [path, ...members.flatMap(([key, item]) => placesIn(item, [...path, key]))];
}

/** A copy with what is at one place taken out, doubled, or replaced. */
function changedAt(
  value: unknown,
  path: readonly (string | number)[],
  how: 'drop' | 'double' | 'replace',
  by: unknown,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return how === 'double' ? [value, value] : by;
  if (Array.isArray(value)) {
    if (rest.length === 0 && how === 'drop') return value.toSpliced(Number(key), 1);
    return value.with(Number(key), changedAt(value[Number(key)], rest, how, by));
  }
  const { [key]: old, ...others } = value as Record<string, unknown>;
  return rest.length === 0 && how === 'drop' ? others : { ...others, [key]: changedAt(old, rest, how, by) };
}

const requests = allRequests().map((path) => readRequest(path));
const mutated = fc
  .tuple(
    fc.constantFrom(...requests),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('drop', 'double', 'replace'), strange), { minLength: 1, maxLength: 6 }),
  )
  .map(([request, changes]) =>
    changes.reduce<unknown>((body, [seed, how, by]) => {
      const places = placesIn(body);
      return changedAt(body, places[seed % places.length] ?? [], how, by);
    }, request),
  );

describe('whatever comes in, a valid answer goes out, in time', () => {
  test('[N-09] any JSON, at every service and for feedback', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SERVICES, ...FEEDBACK), strange, (path, body) =>
        checked(path, JSON.stringify(body)).then(() => {}),
      ),
      { seed: SEED, numRuns: 300 },
    );
    await expectUnaffected();
  });

  test('[N-09] real requests with pieces taken out, doubled and replaced', async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SERVICES), mutated, async (path, body) => {
        const hook = path.includes('sign') ? 'order-sign' : 'order-select';
        const named = typeof body === 'object' && body !== null && 'hook' in body ? { ...body, hook } : body;
        const status = await checked(path, named);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }),
      { seed: SEED, numRuns: 400 },
    );
    // else the changes hardly ever leave a request that is judged, or one that is refused
    expect(statuses.get(200)).toBeGreaterThan(100);
    expect(statuses.get(400)).toBeGreaterThan(20);
    await expectUnaffected();
  });

  test('[N-09] real requests as bytes that are cut, flipped and out of place', async () => {
    const text = Buffer.from(JSON.stringify(story));
    const damage = fc.array(fc.tuple(fc.nat(text.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(text.length), async (bytes, length) => {
        const broken = Buffer.from(text.subarray(0, length < text.length / 4 ? length + 1 : text.length));
        for (const [at, byte] of bytes) if (at < broken.length) broken[at] = byte;
        await checked(SERVICES[0] ?? '', broken);
      }),
      { seed: SEED, numRuns: 200 },
    );
    await expectUnaffected();
  });

  test('[N-09] any headers', async () => {
    const value = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      maxLength: 60,
    });
    const headers = fc.dictionary(
      fc.constantFrom(
        'accept',
        'accept-language',
        'authorization',
        'content-type',
        'content-encoding',
        'traceparent',
        'origin',
        'x-forwarded-for',
      ),
      value,
    );
    await fc.assert(
      fc.asyncProperty(headers, async (some) => {
        await checked(SERVICES[0] ?? '', story, some);
      }),
      { seed: SEED, numRuns: 200 },
    );
    await expectUnaffected();
  });
});
