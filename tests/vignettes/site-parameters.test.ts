import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { Knowledge } from '../../src/knowledge/types.ts';
import { runVignettes } from '../../src/vignettes/run.ts';

/** Patients whose exercise or home programme was long enough for 8 weeks and is too short for 12: some care, no more than that. */
const NO_LONGER_ENOUGH = [
  'eight weeks and six contacts are enough',
  'finished programme, insulin and HbA1c of 8.1 %',
  'visits, kept appointments and procedures add up',
  'physiotherapy named in Spanish',
  'physiotherapy that says it was for the hip',
  'physiotherapy before an operation on the back still counts',
  'visits unread, enough contacts among the procedures',
  'home programme of eight weeks with two dated contacts',
  'home programme as a finished activity of a care plan',
  'home programme as a running activity of a care plan',
  'home programme as a completed order',
  'adequate care and thirteen weeks of pain',
  'adequate care and one day less than thirteen weeks of pain',
  'recorded lately means at least that long, so the length blocks nothing',
  'onset not recorded blocks nothing',
  'onset known to the month only, long enough or not',
  'longer pain at the other hip does not count',
  'a full course in claims',
  'claims, visits, procedures, appointments and a plan add up',
  'instruction in claims, eight weeks ago, and one more contact',
  'a home programme of a plan, begun eight weeks ago, and a visit',
  'a home programme ordered and completed, begun eight weeks ago, and a visit',
];

const siteFile = join(mkdtempSync(join(tmpdir(), 'site-')), 'site.yaml');
writeFileSync(siteFile, 'trochanteric.weeks: 12\n');

const pack = loadKnowledge({ dir: 'cards' });
const site = loadKnowledge({ dir: 'cards', siteParameters: siteFile });
const outcomes = (knowledge: Knowledge) =>
  new Map(runVignettes(knowledge).map(({ card, vignette, actual }) => [`${card}: ${vignette.name}`, actual]));

test('a site that asks for 12 weeks before a trochanteric injection, not 8, changes these patients and nobody else', () => {
  const before = outcomes(pack);
  const changed = [...outcomes(site)].filter(([name, actual]) => before.get(name) !== actual);
  expect(Object.fromEntries(changed)).toEqual({
    ...Object.fromEntries(NO_LONGER_ENOUGH.map((name) => [`trochanteric-injection: ${name}`, 'info partial-care'])),
    'trochanteric-injection: night pain after adequate care': 'info to-enable-exercise',
  });
});

test("the number is the site's own, and another revision", () => {
  expect(site.parameters.get('trochanteric.weeks')).toMatchObject({ value: 12, standing: 'site-choice' });
  expect(site.revision).not.toBe(pack.revision);
});
