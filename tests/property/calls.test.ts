import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Card, RawResource } from '../../src/cds-hooks/types.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { aPatient, aProcedure, aResource, codeable, daysAgo } from '../support/builders.ts';
import { callWith, draft, type Row, rows } from './charts.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
const RUNS = { seed: 20_261_124, numRuns: 60 } as const;
/** Fails when random charts hardly ever get a card: then a law would say nothing. */
const mostlySpeaking = (seen: readonly Card[][]) => expect(seen.flat().length).toBeGreaterThan(seen.length / 5);

const same = (a: unknown, b: unknown) => expect(JSON.stringify(a)).toBe(JSON.stringify(b));

describe('a call is answered the same', () => {
  test('when it is repeated', async () => {
    const seen: Card[][] = [];
    await fc.assert(
      fc.asyncProperty(rows, draft, async (all, order) => {
        const first = await callWith(knowledge, all, [order]);
        seen.push(first.cards);
        same(await callWith(knowledge, structuredClone(all), [structuredClone(order)]), first);
      }),
      RUNS,
    );
    mostlySpeaking(seen);
  });

  test('[N-21] in whatever order the resources of the chart come', async () => {
    const shuffled = rows.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, draft, async ([all, others], order) => {
        same(await callWith(knowledge, others, [order]), await callWith(knowledge, all, [order]));
      }),
      RUNS,
    );
  });

  test('[N-21] in whatever order the codings of a resource come', async () => {
    const LOCAL = { system: 'urn:local', code: 'x1', display: 'local' };
    const withLocal = (concept: unknown, isFirst: boolean): unknown => {
      const { coding = [], ...rest } = (concept ?? {}) as { coding?: object[] };
      return { ...rest, coding: isFirst ? [LOCAL, ...coding] : [...coding, LOCAL] };
    };
    const recoded = (all: readonly Row[], isFirst: boolean): Row[] =>
      all.map(({ slice, resource }) => ({
        slice,
        resource: 'code' in resource ? { ...resource, code: withLocal(resource.code, isFirst) } : resource,
      }));
    await fc.assert(
      fc.asyncProperty(rows, draft, async (all, order) => {
        same(
          await callWith(knowledge, recoded(all, true), [order]),
          await callWith(knowledge, recoded(all, false), [order]),
        );
      }),
      RUNS,
    );
  });

  test('whatever else is in the chart that has nothing to do with it', async () => {
    const about = codeable('snomed|27624003', 'seasonal rhinitis');
    const noise: readonly Row[] = [
      { slice: 'conditions', resource: aResource('Condition', 'n1', { code: about, onsetDateTime: daysAgo(40) }) },
      { slice: 'procedures', resource: aProcedure('n2', 'dental cleaning', daysAgo(20)) },
      {
        slice: 'visits',
        resource: aResource('Encounter', 'n3', {
          status: 'finished',
          type: [codeable('eye clinic')],
          period: { start: daysAgo(9) },
        }),
      },
      {
        slice: 'medications',
        resource: aResource('MedicationRequest', 'n4', {
          status: 'active',
          medicationCodeableConcept: codeable('cetirizine'),
          authoredOn: daysAgo(30),
        }),
      },
      {
        slice: 'measurements',
        resource: aResource('Observation', 'n5', {
          status: 'final',
          code: codeable('loinc|2951-2'),
          effectiveDateTime: daysAgo(3),
          valueQuantity: { value: 140, unit: 'mmol/L' },
        }),
      },
      {
        slice: 'reports',
        resource: aResource('DiagnosticReport', 'n6', {
          status: 'final',
          code: codeable('chest radiograph'),
          effectiveDateTime: daysAgo(60),
          conclusion: 'clear',
        }),
      },
    ];
    // An empty source is not a clean one, so there is something of every kind to begin with.
    const withRow = rows.map((all): Row[] => [
      ...all,
      { slice: 'procedures', resource: aProcedure('base', 'vaccination', daysAgo(400)) },
    ]);
    await fc.assert(
      fc.asyncProperty(withRow, draft, fc.subarray([...noise]), async (all, order, more) => {
        same(await callWith(knowledge, [...all, ...more], [order]), await callWith(knowledge, all, [order]));
      }),
      RUNS,
    );
  });

  test('whatever other drafts there are that are none of our business', async () => {
    const others = fc.subarray<RawResource>([
      aResource('ServiceRequest', 'x1', { status: 'draft', code: codeable('loinc|58410-2') }),
      aResource('MedicationRequest', 'x2', { status: 'draft', medicationCodeableConcept: codeable('cetirizine') }),
      aResource('Task', 'x3'),
    ]);
    await fc.assert(
      fc.asyncProperty(rows, draft, others, async (all, order, more) => {
        same(await callWith(knowledge, all, [order, ...more]), await callWith(knowledge, all, [order]));
      }),
      RUNS,
    );
  });
});

/** Any JSON, with names that FHIR and JavaScript know. */
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    '',
    [],
    {},
    [null],
    [[]],
    { coding: null },
    { coding: [null, 5, {}] },
    'constructor',
    '__proto__',
    -1,
    1e308,
    {
      reference: '#',
    },
  ),
);
const MEMBERS = [
  ...[
    'id',
    'code',
    'status',
    'subject',
    'clinicalStatus',
    'verificationStatus',
    'onsetDateTime',
    'recordedDate',
    'bodySite',
    'note',
  ],
  ...[
    'performedDateTime',
    'reasonCode',
    'reasonReference',
    'outcome',
    'type',
    'class',
    'period',
    'serviceType',
    'start',
    'activity',
  ],
  ...[
    'detail',
    'medicationReference',
    'medicationCodeableConcept',
    'contained',
    'dosage',
    'dosageInstruction',
    'valueQuantity',
  ],
  ...[
    'valueString',
    'component',
    'conclusion',
    'effectiveDateTime',
    'issued',
    'meta',
    'evidence',
    'encounter',
    'birthDate',
    'gender',
  ],
  ...[
    'priority',
    'intent',
    'doNotPerform',
    'orderDetail',
    'patientInstruction',
    'authoredOn',
    'item',
    'dataAbsentReason',
  ],
];
const junk = fc.dictionary(fc.constantFrom(...MEMBERS), json, { maxKeys: 4 });
/** About whom a resource is has its own refusal, and is no hostile matter. */
const spliced = (resource: RawResource, { subject: _, ...more }: Record<string, unknown>): RawResource => ({
  ...resource,
  ...more,
});

const shape = expect.objectContaining({
  summary: expect.any(String),
  detail: expect.any(String),
  indicator: expect.stringMatching(/^(?:info|warning)$/),
});

describe('hostile JSON is answered, not thrown at', () => {
  test('inside the resources of the chart', async () => {
    await fc.assert(
      fc.asyncProperty(rows, draft, fc.array(junk, { minLength: 20, maxLength: 20 }), async (all, order, garbage) => {
        const bad = all.map(({ slice, resource }, index) => ({
          slice,
          resource: spliced(resource, garbage[index % 20] ?? {}),
        }));
        const { cards } = await callWith(knowledge, bad, [order], spliced(aPatient(), { ...garbage[0], id: 'p1' }));
        for (const card of cards) expect(card).toEqual(shape);
      }),
      { ...RUNS, numRuns: 150 },
    );
  });

  test('inside the drafts, and in their place', async () => {
    await fc.assert(
      fc.asyncProperty(rows, draft, junk, fc.array(json, { maxLength: 3 }), async (all, order, garbage, others) => {
        const { cards } = await callWith(knowledge, all, [...others, spliced(order, garbage)]);
        for (const card of cards) expect(card).toEqual(shape);
      }),
      { ...RUNS, numRuns: 150 },
    );
  });

  test('in the words of the order: nothing of it becomes a link, an element or a heading', async () => {
    const hostile = fc
      .array(
        fc.constantFrom(
          '[x](http://evil.example)',
          '<img src=x>',
          '\n# big\n',
          '![x](//evil)',
          'www.evil.example',
          'a@evil.example',
          '`',
          '**',
          '|',
          '\\',
          'hip injection ',
          '&lt;',
        ),
        { maxLength: 6 },
      )
      .map((parts) => `injection of the right hip bursa ${parts.join('')}`);
    const quiet = (await callWith(knowledge, [], [aResource('ServiceRequest', 'o1')])).cards;
    expect(quiet).toEqual([]);
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const order = aResource('ServiceRequest', 'o1', {
          status: 'draft',
          code: { text },
          reasonCode: [codeable('icd10cm|M76.01')],
        });
        const { cards } = await callWith(knowledge, [], [order]);
        expect(cards).toHaveLength(1);
        const detail = cards[0]?.detail ?? '';
        expect(detail).not.toMatch(/<|\n#|https?:\/\/evil|\bwww\.evil|a@evil|(?<!\\)\]\([^)]*evil/);
      }),
      RUNS,
    );
  });
});
