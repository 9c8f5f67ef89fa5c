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
