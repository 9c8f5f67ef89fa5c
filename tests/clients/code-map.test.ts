import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mapCodes, readCodeMap } from '../../src/clients/code-map.ts';
import { aContext } from '../support/builders.ts';

const dir = mkdtempSync(join(tmpdir(), 'rehab-first-codes-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const CPT = 'http://www.ama-assn.org/go/cpt';

const read = (element: unknown, group: object = {}) => {
  const file = join(dir, 'map.json');
  const value = { resourceType: 'ConceptMap', group: [{ source: 'urn:own', target: CPT, element, ...group }] };
  writeFileSync(file, JSON.stringify(value));
  return readCodeMap(file);
};
const to = (equivalence: string) => [{ code: 'A', target: [{ code: '20611', equivalence }] }];

describe('a ConceptMap', () => {
  test.each(['equal', 'equivalent', 'wider', 'subsumes'])('whose target is %s is used', (equivalence) => {
    expect(read(to(equivalence)).get('urn:own|A')).toEqual([{ system: CPT, code: '20611' }]);
  });

  test.each(['narrower', 'specializes', 'relatedto', 'inexact', 'unmatched', 'disjoint'])(
    'whose target is %s means nothing for sure',
    (equivalence) => {
      expect(read(to(equivalence)).get('urn:own|A')).toEqual([]);
    },
  );

  test('may name a code twice, and several targets', () => {
    expect(
      read([...to('equal'), { code: 'A', target: [{ code: '20610', equivalence: 'equal' }] }]).get('urn:own|A'),
    ).toEqual([
      { system: CPT, code: '20611' },
      { system: CPT, code: '20610' },
    ]);
  });

  test.each([
    ['no source', [{ code: 'A' }], { source: undefined }],
    ['no target', [{ code: 'A' }], { target: undefined }],
    ['an element without a code', [{}], {}],
    ['a target without an equivalence', [{ code: 'A', target: [{ code: 'B' }] }], {}],
  ])('with %s is refused', (_, element, group) => {
    expect(() => read(element, group)).toThrow(/is no FHIR ConceptMap that can be used: \/group\/0/);
  });
});

describe('codes of draft orders', () => {
  const map = read([...to('equal'), { code: 'D', target: [{ code: 'J3301', equivalence: 'equal' }] }]);
  const request = (drafts: unknown[]) => ({
    hook: 'order-sign' as const,
    hookInstance: '00000000-0000-4000-8000-000000000000',
    context: { ...aContext([]), draftOrders: { entry: drafts } },
  });
  const own = (code: string) => ({ coding: [{ system: 'urn:own', code }], text: 'mine' });

  test('get the standard ones beside their own, also in drugs; everything else stays as it was', () => {
    const drafts = [
      { resource: { resourceType: 'ServiceRequest', id: '1', code: own('A'), bodySite: [own('A')] } },
      { resource: { resourceType: 'MedicationRequest', id: '2', medicationCodeableConcept: own('D') } },
      { resource: { resourceType: 'ServiceRequest', id: '3', code: own('unknown') } },
    ];
    const before = structuredClone(drafts);
    const entry = mapCodes(request(drafts), map).context.draftOrders.entry as { resource: Record<string, unknown> }[];
    expect(entry[0]?.resource).toEqual({
      ...before[0]?.resource,
      code: {
        coding: [
          { system: 'urn:own', code: 'A' },
          { system: CPT, code: '20611' },
        ],
        text: 'mine',
      },
    });
    expect(entry[1]?.resource.medicationCodeableConcept).toMatchObject({ coding: [{}, { code: 'J3301' }] });
    expect(entry[2]).toEqual(before[2]);
    expect(drafts).toEqual(before);
  });

  test('of any shape do no harm', () => {
    const odd = [
      null,
      1,
      {},
      { resource: null },
      { resource: { code: 'A' } },
      { resource: { code: { coding: { system: 'urn:own', code: 'A' } } } },
    ];
    const entry = mapCodes(request(odd), map).context.draftOrders.entry ?? [];
    expect(entry.slice(0, 5)).toEqual(odd.slice(0, 5));
    expect(entry[5]).toMatchObject({ resource: { code: { coding: [{ code: 'A' }, { code: '20611' }] } } });
  });
});
