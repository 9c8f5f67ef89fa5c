import { describe, expect, test } from 'vitest';
import type { Card } from '../../src/cds-hooks/types.ts';
import { missingVerdicts } from '../../src/cli/check.ts';
import { isoDay } from '../../src/clinical/dates.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { renderCard } from '../../src/render/card.ts';
import { escapeText } from '../../src/render/markdown.ts';
import { untestedNumbers } from '../../src/vignettes/nudge.ts';
import { runVignettes, type VignetteResult } from '../../src/vignettes/run.ts';
import { problemsOf } from '../support/response-schema.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
const results = runVignettes(knowledge);

/** The card a vignette fires, as a client gets it; undefined where it fires none. */
function cardOf({ judgement, today }: VignetteResult, language = knowledge): Card | undefined {
  if (judgement?.verdict !== 'fires') return undefined;
  const request = {
    hook: 'order-select',
    hookInstance: '00000000-0000-4000-8000-000000000000',
    context: { userId: 'Practitioner/1', patientId: 'vignette', draftOrders: {} },
  } as const;
  const caller = { client: '', tenant: '' };
  return renderCard(judgement, { request, caller, knowledge: language, removable: [judgement.scoped.order], today });
}

describe.each([...new Set(results.map(({ card }) => card))])('%s', (card) => {
  const own = results.filter((result) => result.card === card);

  test.each(own.map((result) => [result.vignette.name, result.expected, result] as const))(
    '%s: %s',
    (_, expected, { actual }) => {
      expect(actual).toBe(expected);
    },
  );

  test('every card its vignettes fire is a valid answer with a short summary', () => {
    for (const result of own) {
      const { vignette, today } = result;
      const rendered = cardOf(result);
      if (rendered === undefined) continue;
      expect(problemsOf({ cards: [rendered] }), vignette.name).toEqual([]);
      expect(rendered.summary, `${vignette.name} on ${isoDay(today)}`).not.toMatch(/…|undefined|NaN|Infinity|\{\{/);
      expect(rendered.detail, vignette.name).not.toMatch(/undefined|NaN|Infinity|\{\{|∞/);
    }
  });
});

test('every active card shows its condition holding, failing and unknown', () => {
  expect(missingVerdicts(knowledge, results)).toEqual([]);
});

test('no number can move by a step without a vignette noticing', () => {
  expect(untestedNumbers(knowledge, results)).toEqual([]);
});

/** Every number in a text, however its language writes it, sorted. */
const numbersIn = (text: string): string[] =>
  (text.replaceAll(/(?<=\d)[.,\u00a0\u202f](?=\d{3}(?!\d))/g, '').match(/\d+(?:[.,]\d+)*/g) ?? [])
    .map((number) => number.replaceAll(',', '.'))
    .sort();

/** Texts a doctor reads, by where they stand. */
const textsOf = ({ summary, detail, suggestions, overrideReasons }: Card): Record<string, string> => ({
  summary,
  detail,
  suggestions: JSON.stringify(suggestions),
  overrideReasons: JSON.stringify(overrideReasons),
});

/** The detail without what stays as it is written: names of publications, and the client's words for the order. */
const saidBy = ({ detail }: Card, { judgement }: VignetteResult): string => {
  const [ordered = ''] = judgement?.scoped.order.what.texts ?? [];
  return detail.replaceAll(/\[[^\]]*\]\([^)]*\)/g, '').replace(escapeText(ordered), '');
};

describe.each([...knowledge.translations])('in %s, every card a vignette fires', (_, translated) => {
  const translatedResults = runVignettes(translated);
  const fired = results.flatMap((result, index) => {
    const other = translatedResults[index];
    const [english, card] = [cardOf(result), other && cardOf(other, translated)];
    return english === undefined
      ? []
      : [{ result, english, card, name: `${result.card}: ${result.vignette.name} (${result.actual})` }];
  });
  const headings = Object.values(knowledge.headings).filter(
    (text) => !Object.values(translated.headings).includes(text),
  );

  test('is a valid answer with a short summary, filled in', () => {
    expect(fired.length).toBeGreaterThan(0);
    for (const { card, name } of fired) {
      expect(problemsOf({ cards: [card] }), name).toEqual([]);
      expect(card?.summary, name).not.toContain('…');
      expect(JSON.stringify(card), name).not.toMatch(/undefined|NaN|Infinity|\{\{|∞/);
    }
  });

  test('says nothing in English', () => {
    for (const { card, result, name } of fired) {
      const said = card && saidBy(card, result);
      for (const heading of headings) expect(said, name).not.toContain(heading);
      expect(said, name).not.toMatch(/\b(?:the|and|to|at|weeks?|months?|left|right)\b/i);
      expect(card?.summary, name).not.toMatch(/\b(?:the|and|to|at|weeks?|months?)\b/i);
    }
  });

  test('has the numbers that the card as written has', () => {
    for (const { english, card, name } of fired) {
      const texts = card && textsOf(card);
      for (const [place, text] of Object.entries(textsOf(english)))
        expect(numbersIn(texts?.[place] ?? ''), `${place} of ${name}`).toEqual(numbersIn(text));
    }
  });
});
