import { describe, expect, test } from 'vitest';
import { filterPack, readPack } from '../../src/pages/knowledge/pack.ts';
import { type Chart, currentEncounter } from '../../src/pages/workbench/chart.ts';
import { applyMoves, dated, moveTo, NO_EDITS, withAdded } from '../../src/pages/workbench/edits.ts';
import { applyActions, draftOf, nameOf, sided } from '../../src/pages/workbench/order.ts';
import { fillPrefetch } from '../../src/pages/workbench/prefetch.ts';
import { readRoster } from '../../src/workbench/patients.ts';
import { prefetchFrom } from '../support/fhir-search.ts';
import { allPatients, readPatient, templates } from '../support/fixtures.ts';

const TODAY = Date.parse('2026-11-24') / 86_400_000;
type Found = { readonly entry?: readonly { readonly resource?: { readonly id?: string } }[]; readonly id?: string };
const idsOf = (prefetch: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(prefetch).map(([key, value]) => {
      const { entry, id } = value as Found;
      return [key, id ?? (entry ?? []).map(({ resource }) => resource?.id).sort()];
    }),
  );

describe('prefetch in the browser', () => {
  test.each(allPatients())('holds for %s what a FHIR server would find', (patientId) => {
    const chart = readPatient(patientId);
    const encounterId = currentEncounter(chart as unknown as Chart);
    const context = { patientId, ...(encounterId !== undefined && { encounterId }) };
    const filled = idsOf(fillPrefetch(templates(), chart as unknown as Chart, context));
    const found = idsOf(prefetchFrom(chart, templates(), context));
    expect(filled).toEqual(found);
    expect(Object.keys(filled).length).toBeGreaterThan(10);
  });
});

test.each([
  ['right hip', 'right', 'hip'],
  ['L5-S1 left', 'left', 'L5-S1'],
  ['cadera derecha', 'right', 'cadera'],
  ['región lumbar, lado izquierdo', 'left', 'región lumbar'],
  ['greater trochanter', '', 'greater trochanter'],
  ['upper right leg', 'right', 'upper leg'],
  ['lado derecho', 'right', ''],
])('the body site "%s" has a side, %s, and a place, %s', (site, side, place) => {
  expect(sided(site)).toEqual({ side, place });
});

describe('actions of a suggestion', () => {
  const draft = draftOf(
    {
      what: { text: 'injection', code: '20611', system: 'http://x' },
      site: '',
      reason: { text: '' },
      priority: 'routine',
    },
    'one',
    '2026-11-24',
  );
  const referral = { resourceType: 'ServiceRequest', code: { text: 'referral' } };

  test('create, update and delete drafts, in their order', () => {
    const after = applyActions(
      [draft],
      [
        { type: 'create', description: '', resource: referral },
        { type: 'update', description: '', resource: { ...draft, priority: 'urgent' } },
        { type: 'delete', description: '', resourceId: 'ServiceRequest/other' },
      ],
    );
    expect(after.map(({ id, priority }) => [id, priority])).toEqual([
      ['draft-1', 'urgent'],
      ['draft-2', undefined],
    ]);
    const gone = applyActions(after, [{ type: 'delete', description: '', resourceId: 'ServiceRequest/draft-1' }]);
    expect(gone.map(nameOf)).toEqual(['referral']);
  });

  test('an order of a drug is a MedicationRequest', () => {
    const what = { text: 'triamcinolone', code: '10759', system: 'http://www.nlm.nih.gov/research/umls/rxnorm' };
    const drug = draftOf(
      { what, site: 'right hip', reason: { text: 'pain' }, priority: 'routine' },
      'p1',
      '2026-11-24',
    );
    expect(drug).toMatchObject({
      resourceType: 'MedicationRequest',
      medicationCodeableConcept: { text: 'triamcinolone', coding: [{ code: '10759' }] },
      dosageInstruction: [{ site: { text: 'right hip' } }],
    });
    expect(nameOf(drug)).toBe('triamcinolone');
    expect(drug).not.toHaveProperty('code');
  });

  test('an order says no more than was typed', () => {
    expect(draft).not.toHaveProperty('bodySite');
    expect(draft).not.toHaveProperty('reasonCode');
    expect(draft.code).toEqual({ coding: [{ system: 'http://x', code: '20611' }], text: 'injection' });
  });
});

describe('entries with other dates', () => {
  const resource = {
    resourceType: 'Condition',
    id: 'one',
    code: { coding: [{ code: '2026' }], text: '2026-03' },
    onsetDateTime: '2026-03',
    recordedDate: '2026-03-09T10:00:00+01:00',
  };
  const item = { reference: 'Condition/one#2', label: 'Pain', from: '2026-03-01' };
  const chart = { entry: [{ fullUrl: 'urn:one', resource }, { resource: { ...resource, id: 'other' } }] };

  test('stand as many days later in all their dates, and in nothing else', () => {
    const { moved } = moveTo(NO_EDITS, item, item.from, '2026-03-11');
    expect(moved).toEqual([{ reference: 'Condition/one', label: 'Pain', days: 10 }]);
    const [first, second] = applyMoves(chart, moved).entry ?? [];
    expect(first).toEqual({
      fullUrl: 'urn:one',
      resource: { ...resource, onsetDateTime: '2026-03-11', recordedDate: '2026-03-19T10:00:00+01:00' },
    });
    expect(second).toEqual(chart.entry[1]);
  });

  test('stand where they were last put, however late the answer comes', () => {
    const { own } = dated(item, [], []);
    const once = moveTo(NO_EDITS, item, own, '2026-03-11');
    const twice = moveTo(once, item, own, '2026-02-27');
    expect(twice.moved).toEqual([{ reference: 'Condition/one', label: 'Pain', days: -2 }]);
    expect(dated(item, [], twice.moved)).toEqual({ own: '2026-03-01', now: '2026-02-27' });
    expect(dated({ ...item, from: '2026-03-11' }, once.moved, twice.moved)).toEqual({ own, now: '2026-02-27' });
    expect(moveTo(twice, item, own, own)).toEqual(NO_EDITS);
  });

  test('are moved no more when they are taken away', () => {
    const own = '2026-11-24';
    const flagged = withAdded(NO_EDITS, { hasRedFlag: true, hasPhysiotherapy: true });
    const references = ['Condition/edit-red-flag', 'Procedure/edit-physiotherapy-58', 'Condition/one'];
    const moved = references.reduce(
      (edits, reference) => moveTo(edits, { reference, label: '', from: own }, own, '2026-11-01'),
      flagged,
    );
    const left = (change: object) => withAdded(moved, change).moved.map(({ reference }) => reference);
    expect(left({})).toEqual(references);
    expect(left({ hasRedFlag: false })).toEqual(references.slice(1));
    expect(left({ hasPhysiotherapy: false })).toEqual([references[0], references[2]]);
  });
});

describe('the synthetic patients', () => {
  test('an installation without them has none', () => {
    const roster = readRoster(new URL('file:///no/such/folder/'));
    expect(roster.patients(TODAY, 'en')).toEqual([]);
    expect(roster.chart('gluteal-no-rehab', TODAY)).toBeUndefined();
  });

  test('their names show that nobody is real', () => {
    for (const { name } of readRoster().patients(TODAY, 'en')) expect(name).toMatch(/Example$/);
  });

  test('all of them are offered, those with a story first', () => {
    expect(
      readRoster()
        .patients(TODAY, 'en')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(allPatients());
  });
});

describe('the document, taken apart', () => {
  const pack = readPack(
    '# Knowledge\n\nRevision 1: 2 cards.\n\n## Numbers\n\n| number | value |\n| --- | --- |\n| `a` | 1 |\n| `b` | 2 |\n\n## Cards\n\n### one-card\n\n**One**: first.\n\n### other\n\nOther words.\n',
  );

  test('at its headings, each with its anchor', () => {
    expect(pack.about).toBe('Revision 1: 2 cards.');
    expect(pack.parts.map(({ id, parts }) => [id, parts.map((part) => part.id)])).toEqual([
      ['numbers', []],
      ['cards', ['one-card', 'other']],
    ]);
  });

  test('is found by all of the words, rows of a table one by one', () => {
    expect(filterPack(pack, 'ONE first').parts.flatMap(({ parts }) => parts.map(({ id }) => id))).toEqual(['one-card']);
    expect(filterPack(pack, '`b`').parts.map(({ text }) => text)).toEqual([
      '| number | value |\n| --- | --- |\n| `b` | 2 |',
    ]);
    const spanish = readPack('## Tarjetas\n\nglúteo medio');
    for (const wanted of ['gluteo', 'GLÚTEO']) expect(filterPack(spanish, wanted).parts).toHaveLength(1);
    expect(filterPack(pack, 'nowhere').parts).toEqual([]);
    expect(filterPack(pack, ' ').parts).toEqual(pack.parts);
  });
});
