import { describe, expect, test } from 'vitest';
import { missingVerdicts } from '../../src/cli/check.ts';
import { isoDay } from '../../src/clinical/dates.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { renderCard } from '../../src/render/card.ts';
import { untestedNumbers } from '../../src/vignettes/nudge.ts';
import { runVignettes } from '../../src/vignettes/run.ts';
import { problemsOf } from '../support/response-schema.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
const results = runVignettes(knowledge);

describe.each([...new Set(results.map(({ card }) => card))])('%s', (card) => {
  const own = results.filter((result) => result.card === card);

  test.each(own.map((result) => [result.vignette.name, result.vignette.expect, result] as const))(
    '%s: %s',
    (_, expected, { actual }) => {
      expect(actual).toBe(expected);
    },
  );

  test('every card its vignettes fire is a valid answer with a short summary', () => {
    for (const { judgement, vignette, today } of own) {
      if (judgement?.verdict !== 'fires') continue;
      const request = {
        hook: 'order-select',
        hookInstance: '00000000-0000-4000-8000-000000000000',
        context: { userId: 'Practitioner/1', patientId: 'vignette', draftOrders: {} },
      } as const;
      const caller = { client: '', tenant: '' };
      const rendered = renderCard(judgement, {
        request,
        caller,
        knowledge,
        removable: [judgement.scoped.order],
        today,
      });
      expect(problemsOf({ cards: [rendered] }), vignette.name).toEqual([]);
      expect(rendered?.summary, `${vignette.name} on ${isoDay(today)}`).not.toMatch(/…|undefined|NaN|Infinity|\{\{/);
      expect(rendered?.detail, vignette.name).not.toMatch(/undefined|NaN|Infinity|\{\{|∞/);
    }
  });
});

test('every active card shows its condition holding, failing and unknown', () => {
  expect(missingVerdicts(knowledge, results)).toEqual([]);
});

test('no number can move by a step without a vignette noticing', () => {
  expect(untestedNumbers(knowledge, results)).toEqual([]);
});
