import { describe, expect, test } from 'vitest';
import { fillTemplate } from '../../../src/cds-hooks/prefetch.ts';
import type { RawResource } from '../../../src/cds-hooks/types.ts';
import { loadKnowledge } from '../../../src/knowledge/load.ts';
import { readerOver, unanswerable } from '../../../src/simulate/search.ts';
import { search } from '../../support/fhir-search.ts';
import { allPatients, readPatient } from '../../support/fixtures.ts';

const { slices } = loadKnowledge({ dir: 'cards' });
const idsOf = (bundle: unknown) =>
  ((bundle as { entry?: { resource: RawResource }[] }).entry ?? []).map(
    ({ resource }) => `${resource.resourceType}/${resource.id}`,
  );

describe.each(allPatients())('the chart of %s', (name) => {
  const bundle = readPatient(name);
  const resources = (bundle.entry ?? []).map(({ resource }) => resource as unknown as RawResource);
  const reader = readerOver((type) => resources.filter(({ resourceType }) => resourceType === type));

  test.each([...slices.values()].map(({ name: slice, template }) => [slice, template]))(
    'answers %s as the FHIR server of the other specs does',
    async (_, template) => {
      const path =
        fillTemplate(template, {
          userId: 'x',
          patientId: name,
          encounterId: `${name}-encounter-07`,
          draftOrders: {},
        }) ?? '';
      const [ours, theirs] = [await reader.read(path), search(bundle, path)];
      if (theirs === undefined) expect(ours.ok).toBe(false);
      else if (theirs.resourceType !== 'Bundle') expect(ours).toEqual({ ok: true, resource: theirs });
      else expect(idsOf(ours.ok && ours.resource)).toEqual(idsOf(theirs));
    },
  );
});

describe('a search', () => {
  const many = Array.from(
    { length: 5 },
    (_, index): RawResource => ({ resourceType: 'Condition', id: `c${index}`, recordedDate: `2026-01-0${index + 1}` }),
  );
  const reader = readerOver((type) =>
    type === 'Goal' ? undefined : many.filter(({ resourceType }) => resourceType === type),
  );

  test('goes on by its next links, to the end', async () => {
    const found: string[] = [];
    for (let path: string | undefined = 'Condition?patient=1&_sort=-recorded-date&_count=2'; path !== undefined; ) {
      const page = await reader.read(path);
      if (!page.ok) throw new Error(page.reason);
      found.push(...idsOf(page.resource));
      path = (page.resource as unknown as { link?: { url: string }[] }).link?.[0]?.url;
    }
    expect(found).toEqual([4, 3, 2, 1, 0].map((index) => `Condition/c${index}`));
  });

  test('of a type that cannot be had fails', async () => {
    expect(await reader.read('Goal?patient=1')).toMatchObject({ ok: false });
  });

  test('by what cannot be answered is told before anything is done', () => {
    const slice = { name: 'odd', type: 'Condition', required: false, pages: 1 };
    const problems = unanswerable([
      { ...slice, template: 'Condition?patient={{context.patientId}}&recorded-date=ge2020&_sort=-recorded-date' },
      { ...slice, template: 'Condition?patient={{context.patientId}}&_sort=severity' },
    ]);
    expect(problems).toEqual([
      'slice odd: recorded-date=ge2020 of Condition',
      'slice odd: _sort=severity of Condition',
    ]);
    expect(unanswerable(slices.values())).toEqual([]);
  });
});
