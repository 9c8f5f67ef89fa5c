import { describe, expect, test } from 'vitest';
import { filterPack, readPack } from '../../src/pages/knowledge/pack.ts';
import { type Chart, currentEncounter } from '../../src/pages/workbench/chart.ts';
import { applyMoves, moveTo, NO_EDITS } from '../../src/pages/workbench/edits.ts';
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
    const { moved } = moveTo(NO_EDITS, item, '2026-03-11');
    expect(moved).toEqual([{ reference: 'Condition/one', label: 'Pain', days: 10 }]);
    const [first, second] = applyMoves(chart, moved).entry ?? [];
    expect(first).toEqual({
      fullUrl: 'urn:one',
      resource: { ...resource, onsetDateTime: '2026-03-11', recordedDate: '2026-03-19T10:00:00+01:00' },
    });
    expect(second).toEqual(chart.entry[1]);
  });

  test('moves add up, and an entry that is back where it was is not moved', () => {
    const once = moveTo(NO_EDITS, item, '2026-03-11');
    expect(moveTo(once, { ...item, from: '2026-03-11' }, '2026-02-27').moved[0]?.days).toBe(-2);
    expect(moveTo(once, { ...item, from: '2026-03-11' }, '2026-03-01')).toEqual(NO_EDITS);
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
    expect(filterPack(pack, 'nowhere').parts).toEqual([]);
    expect(filterPack(pack, ' ').parts).toEqual(pack.parts);
  });
});
