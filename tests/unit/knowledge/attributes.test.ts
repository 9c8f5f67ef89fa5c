import { describe, expect, test } from 'vitest';
import { READERS } from '../../../src/facts/catalogue.ts';
import { factsOf, factsOfCard, withNeeds } from '../../../src/knowledge/facts-of.ts';
import { loadKnowledge } from '../../../src/knowledge/load.ts';
import { type CardDefinition, DECLARED_DATA, type FactInstance } from '../../../src/knowledge/types.ts';
import { SYSTEMS } from '../../../src/terminology/systems.ts';

const knowledge = loadKnowledge({ dir: 'cards' });

/** Everything that judging and wording a card may read, with what its service asks of every order. */
function factsFor(card: CardDefinition): FactInstance[] {
  const services = knowledge.services.filter(({ cards }) => cards.includes(card));
  const shared = services.flatMap(({ silence, caps }) => [...silence, ...caps]).flatMap(factsOf);
  return [...new Set([...factsOfCard(card), ...shared])].flatMap(withNeeds);
}
const conceptsOf = ({ args: { concept = [], also = [], mentions = [] } }: FactInstance) => [
  ...concept,
  ...also,
  ...mentions,
];

/** What the concepts that are asked of observations are, in the words of the declaration; empty for examination and laboratory. */
const ASSESSMENTS: Readonly<Record<string, string>> = {
  'pain-score': 'Pain scores',
  'night-pain': 'Pain scores',
  'relief-percent': 'relief after earlier injections',
  'block-relief': 'relief after earlier injections',
  'repeat-relief': 'relief after earlier injections',
  'injection-response': 'relief after earlier injections',
  'pregnancy-status': 'pregnancy status',
  'pregnancy-test': 'pregnancy status',
  'due-date': 'pregnancy status',
  oswestry: 'Oswestry',
  'roland-morris': 'Roland-Morris',
  'visa-g': 'VISA-G',
  'start-back': 'STarT Back',
  'start-back-total': 'STarT Back',
  'start-back-psychosocial': 'STarT Back',
  'smoking-status': 'smoking status',
  ...Object.fromEntries(
    [
      ...['cauda-equina-syndrome', 'sphincter-signs', 'motor-deficit', 'muscle-power', 'leg-power', 'weight-loss'],
      ...['temperature', 'crp', 'esr', 'inr', 'platelets', 'hba1c', 'egfr'],
    ].map((concept) => [concept, '']),
  ),
};
/** Parts of the declaration that say for which cards. */
const EVERY = ['Pain scores', 'pregnancy status'];

const observed = (card: CardDefinition) =>
  factsFor(card)
    .filter(({ slices }) => slices.some((slice) => knowledge.slices.get(slice)?.type === 'Observation'))
    .flatMap(({ args: { concept = [] } }) => concept);
const assessments = (card: CardDefinition) => new Set(observed(card).map((concept) => ASSESSMENTS[concept] ?? '?'));

describe('source attributes say what the facts read', () => {
  test('of each card, all that 45 CFR 170.315(b)(11)(iv)(A) names', () => {
    expect(knowledge.attributes.size).toBe(knowledge.cards.length);
    for (const one of knowledge.attributes.values())
      expect(Object.keys(one.uses).sort()).toEqual([...DECLARED_DATA].sort());
    for (const { outcomes } of knowledge.cards)
      for (const { source } of outcomes) expect(source.label.length).toBeGreaterThan(0);
  });

  test.each(knowledge.cards.map((card) => [card.id, card] as const))('%s: date of birth and sex', (id, card) => {
    const uses = knowledge.attributes.get(id)?.uses;
    const asked = new Set(
      factsFor(card).flatMap(({ reader, args }) => (reader.name === 'patient' ? [args.property] : [])),
    );
    expect(uses?.['date-of-birth'] !== false).toBe(asked.has('age'));
    expect(uses?.sex !== false).toBe(asked.has('gender'));
  });

  test('race, ethnicity, language, sexual orientation and gender identity: no reader can give them, and no code means them', () => {
    expect(READERS.get('patient')?.arguments.property).toMatchObject({ of: ['age', 'gender'] });
    const codes = ['32624-9', '69490-1', '54899-0', '76690-7', '76691-5'].map((code) => `${SYSTEMS.loinc}|${code}`);
    expect(meaning(codes)).toEqual([]);
    for (const { uses } of knowledge.attributes.values())
      expect([uses.race, uses.ethnicity, uses.language, uses['sexual-orientation'], uses['gender-identity']]).toEqual(
        Array(5).fill(false),
      );
  });

  test('social determinants: no concept of a card means one', () => {
    const codes = Array.from({ length: 11 }, (_, index) => `Z${55 + index}`).flatMap((stem) =>
      ['', '.0', '.1', '.2', '.3', '.4', '.5', '.6', '.7', '.8', '.9', '.10', '.81'].map(
        (end) => `${SYSTEMS.icd10cm}|${stem}${end}`,
      ),
    );
    expect(meaning(codes)).toEqual([]);
    // the spec sees a code that does mean something
    expect(meaning([`${SYSTEMS.icd10cm}|Z33.1`])).toContain('pregnancy');
    for (const { uses } of knowledge.attributes.values()) expect(uses['social-determinants']).toBe(false);
  });

  test.each(knowledge.cards.map((card) => [card.id, card] as const))('%s: health status assessments', (id, card) => {
    const declared = knowledge.attributes.get(id)?.uses['health-status-assessments'] || '';
    const used = [...assessments(card)];
    expect(
      observed(card).filter((concept) => !(concept in ASSESSMENTS)),
      'not classified',
    ).toEqual([]);
    expect(
      used.filter((one) => !declared.includes(one)),
      'not declared',
    ).toEqual([]);
    for (const one of EVERY) expect(used).toContain(one);
    expect(used.includes('smoking status')).toBe(card.orderClass.name === 'lumbar-fusion');
  });

  test('nothing is declared that no card uses', () => {
    const used = new Set(knowledge.cards.flatMap((card) => [...assessments(card)]));
    expect([...new Set(Object.values(ASSESSMENTS))].filter((one) => !used.has(one))).toEqual([]);
  });
});

/** Concepts of any card that some of these codes bear. */
function meaning(codes: readonly string[]): string[] {
  const concepts = new Set(knowledge.cards.flatMap(factsFor).flatMap(conceptsOf));
  return [...concepts].filter((name) =>
    codes.some((code) => knowledge.terminology.bears({ codes: [code], texts: [] }, name) !== 'fails'),
  );
}
