import { describe, expect, test } from 'vitest';
import type { HookRequest } from '../../src/cds-hooks/types.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { Vignette } from '../../src/knowledge/types.ts';
import { renderCard } from '../../src/render/card.ts';
import { runVignette } from '../../src/vignettes/run.ts';
import { aContext, TODAY } from '../support/builders.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
const file = (card: string) => knowledge.vignettes.find((one) => one.card === card && one.file.includes(`/${card}.`));

/** The card that the first vignette of a file comes to, with more in its chart. */
function rendered(card: string, more: Partial<Vignette>) {
  const own = file(card);
  if (own === undefined) throw new Error(`${card} has no vignettes`);
  const vignettes = [{ ...(own.content.vignettes[0] as Vignette), ...more }];
  const { judgement } = runVignette({ ...own, content: { ...own.content, vignettes } }, 0, knowledge);
  if (judgement?.verdict !== 'fires') throw new Error(`${card} does not fire`);
  const request: HookRequest = { hook: 'order-select', hookInstance: 'h', context: aContext([]) };
  const removable = [judgement.scoped.order];
  return renderCard(judgement, { request, caller: { client: '', tenant: '' }, knowledge, removable, today: TODAY });
}

const score = (name: string, value: object) => ({ Observation: name, category: 'survey', on: '2026-11-10', ...value });

describe('scores are shown when they are there', () => {
  test.each([
    ['facet-injection', score('Oswestry Disability Index', { value: 42 }), 'Oswestry 42/100 on 10 Nov 2026.'],
    ['facet-injection', score('ODI', { value: 42, unit: '%' }), 'Oswestry 42 % on 10 Nov 2026.'],
    ['epidural-radicular', score('Roland-Morris Disability Questionnaire', { value: 14 }), 'Roland-Morris 14/24 on'],
    ['discectomy', score('loinc|91351-7', { value: 6 }), 'STarT Back 6/9 on 10 Nov 2026.'],
    ['trochanteric-injection', score('VISA-G', { value: 55 }), 'VISA-G 55/100 on 10 Nov 2026.'],
  ])('%s: %j', (card, line, expected) => {
    expect(rendered(card, { add: [line] })?.detail).toContain(expected);
    expect(rendered(card, {})?.detail).not.toContain(expected.split(' ')[0]);
  });
});

describe('safety lines', () => {
  const diabetes = { Condition: 'icd10cm|E11.65', recorded: '4 years ago' };
  test.each([
    [
      'epidural-radicular',
      [diabetes, { Procedure: 'cpt|62323', on: '5 months ago' }],
      'leave more time between injections',
    ],
    ['epidural-radicular', [diabetes], 'Diabetes: expect higher glucose'],
    ['trochanteric-injection', [{ MedicationRequest: 'rxnorm|1364430', on: '8 weeks ago' }], 'agree the bleeding plan'],
    [
      'trochanteric-injection',
      [{ ServiceRequest: 'Total hip replacement', on: '2 weeks ago' }],
      'An operation here is on order',
    ],
    ['trochanteric-injection', [{ MedicationRequest: 'naproxen 500 mg', on: '6 weeks ago' }], 'Pain drugs were tried'],
  ])('%s: %j', (card, add, expected) => {
    expect(rendered(card, { add })?.detail).toContain(expected);
    expect(rendered(card, {})?.detail).not.toContain(expected);
  });

  test('a drug of yesterday was not tried', () => {
    const add = [{ MedicationRequest: 'naproxen 500 mg', on: '1 day ago' }];
    expect(rendered('trochanteric-injection', { add })?.detail).not.toContain('Pain drugs were tried');
  });

  test('the warning about epidural steroid stands among the links', () => {
    expect(rendered('epidural-radicular', {})?.links?.map(({ label }) => label)).toContainEqual(
      expect.stringContaining('FDA'),
    );
  });
});

test.each([
  ['facet-injection', 'Ibuprofen 200 mg tablet'],
  ['trochanteric-injection', 'Diclofenac 1 % gel'],
])('the drug beside a %s ends, is not refilled and is not recommended', (card, text) => {
  const drugs = (rendered(card, {})?.suggestions ?? []).filter(({ actions }) =>
    actions?.some(({ resource }) => (resource as { resourceType?: string })?.resourceType === 'MedicationRequest'),
  );
  expect(drugs).toHaveLength(1);
  expect(drugs[0]).not.toHaveProperty('isRecommended');
  expect(drugs[0]?.actions?.[0]?.resource).toMatchObject({
    status: 'draft',
    medicationCodeableConcept: { text },
    dosageInstruction: [{ timing: { repeat: { boundsPeriod: { start: '2026-11-24', end: '2026-12-08' } } } }],
    dispenseRequest: { numberOfRepeatsAllowed: 0, expectedSupplyDuration: { value: 14, code: 'd' } },
  });
});

describe('that a dose is not verified', () => {
  const created = knowledge.cards.flatMap((card) =>
    card.outcomes
      .flatMap(({ suggestions }) => suggestions.flatMap(({ actions }) => actions))
      .flatMap((action) => (action.kind === 'create' ? [action] : [])),
  );
  const ofDrugs = created.filter(({ resource }) => JSON.stringify(resource).includes('"MedicationRequest"'));
  const hasMark = (template: unknown) => JSON.stringify(template).includes('"kind":"mark"');

  test('stands in what the doctor reads before accepting', () => {
    expect(ofDrugs.length).toBeGreaterThan(0);
    expect(ofDrugs.filter(({ description }) => !hasMark(description))).toEqual([]);
    const descriptions = rendered('trochanteric-injection', {})?.suggestions?.flatMap(({ actions = [] }) =>
      actions.map(({ description }) => description),
    );
    expect(descriptions).toContainEqual(expect.stringMatching(/^Diclofenac 1 % gel .*\(not verified\)/));
  });

  test('stands in no order that is created', () => {
    expect(created.filter(({ resource }) => hasMark(resource))).toEqual([]);
  });
});

test('what an override reason means in the terms of the standard is one of its codes', () => {
  const codes = new Set(knowledge.overrideReasons.standard.codes.values());
  const standard = [
    'cds-not-applicable',
    'cds-suboptimal-context',
    'recipient-disagrees-evidence',
    'recipient-concerns-outcomes',
    'does-not-align-preferences',
    'not-convenient-feasible',
    'action-completed',
    'patient-contraindication',
    'patient-refuses',
    'too-costly-uncovered',
    'service-not-available',
    'recipient-does-not-understand',
  ];
  expect([...codes].filter((code) => !standard.includes(code))).toEqual([]);
});

describe('a figure is told as it was measured', () => {
  const walked = { Procedure: 'cpt|97110', on: ['45 days ago', '34 days ago', '22 days ago', '10 days ago'] };
  test.each<[string, Partial<Vignette>, string]>([
    [
      'epidural-stenosis',
      {},
      'Try 6 weeks of walking and flexion exercise first: steroid added to epidural lidocaine changed stenosis pain by 0.2 of 10',
    ],
    [
      'epidural-stenosis',
      { add: [walked] },
      'Rehabilitation done: in stenosis, steroid added to epidural lidocaine changed leg pain by 0.2 of 10',
    ],
    [
      'epidural-radicular',
      {},
      'Try 4 weeks of physiotherapy before this epidural (success at one year 45 %, with usual care 28 %)',
    ],
    [
      'epidural-radicular',
      {
        chart: [
          { Condition: 'icd10cm|M54.16', onset: '3 weeks ago' },
          { Observation: 'loinc|72514-3', value: 8, on: '1 day ago' },
          { Encounter: 'Office visit', on: '3 weeks ago' },
        ],
      },
      'Severe acute sciatica: add early physiotherapy to this epidural (success at one year 45 %, with usual care 28 %)',
    ],
    [
      'trochanteric-injection',
      {},
      'Try 8 weeks of load education and hip exercise before this injection (success at 8 weeks 77 % v 58 %)',
    ],
    [
      'prp-gluteal',
      {},
      'Try 8 weeks of load education and hip exercise before PRP (success at 8 weeks 77 % v 29 % waiting)',
    ],
    [
      'bursectomy',
      {},
      'Try 26 weeks of hip exercise before this operation: exercise succeeded in 77 % at 8 weeks; no trial of surgery was found',
    ],
    [
      'fusion-degenerative',
      {},
      'Try 26 weeks of exercise and psychological care before fusion: fusion did 4.1 ODI points better in the trial; 10 matter',
    ],
  ])('%s, %j: %s', (card, more, expected) => {
    expect(rendered(card, more)?.summary).toBe(expected);
  });

  test('steroid with lidocaine was compared with lidocaine alone', () => {
    expect(rendered('epidural-stenosis', {})?.detail).toContain(
      'steroid added to lidocaine in an epidural changed leg pain at 6 weeks by 0.2 of 10',
    );
  });
});

test.each([
  ['fusion-degenerative', 'Home programme now, review in 6 and in 26 weeks, without this order'],
  ['piriformis-release', 'Home programme now, review in 6 and in 13 weeks, without this order'],
  ['trochanteric-injection', 'Home programme now and review in 8 weeks, without this order'],
])('%s: a long home programme is looked at early too', (card, label) => {
  expect(rendered(card, {})?.suggestions?.map((one) => one.label)).toContain(label);
});

describe('what could not be checked', () => {
  const unchecked = (card: string, more: Partial<Vignette>) =>
    /Could not be checked:\*\* ([^\n]*)/.exec(rendered(card, more)?.detail ?? '')?.[1] ?? '';

  test.each(['radiofrequency', 'gluteal-repair', 'trochanteric-injection'])('%s: each thing is named once', (card) => {
    const text = unchecked(card, { unavailable: ['procedures', 'findings', 'reports', 'medications'] });
    const [titles = ''] = text.split(' (');
    expect(titles.split(', ').filter((one, index, all) => all.indexOf(one) !== index)).toEqual([]);
    expect(titles).not.toMatch(/whether|could be read|^imaging reports|, imaging reports|diabetes, insulin/);
  });
});

test('platelets have their unit, and glucose is checked after the steroid', () => {
  const low = { Observation: 'loinc|777-3', value: 40, unit: '10*3/uL', on: '2 days ago' };
  expect(rendered('trochanteric-injection', { add: [low] })?.detail).toContain('Platelets are below 50 × 10⁹/l:');
  const insulin = [
    { Condition: 'icd10cm|E11.65', recorded: '4 years ago' },
    { Condition: 'icd10cm|Z79.4', recorded: '1 year ago' },
  ];
  expect(rendered('trochanteric-injection', { add: insulin })?.detail).toContain(
    'before giving steroid, plan glucose checks for the week after it',
  );
});
