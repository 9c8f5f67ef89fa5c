import { describe, expect, test } from 'vitest';
import type { HookRequest, RawResource } from '../../../src/cds-hooks/types.ts';
import type { CardDefinition, Knowledge, Outcome } from '../../../src/knowledge/types.ts';
import { readDrafts } from '../../../src/orders/order.ts';
import { renderCard } from '../../../src/render/card.ts';
import { decide } from '../../../src/rules/decide.ts';
import {
  A_CLASS,
  aCard,
  aChart,
  aContext,
  aCriterion,
  aDraft,
  aDrugDraft,
  aFact,
  anOutcome,
  aParameter,
  aReading,
  aService,
  aSource,
  aTest,
  SMALL,
  TODAY,
} from '../../support/builders.ts';

const words = (text: string) => [{ kind: 'text', text }] as const;
const say = (text: string) => ({ kind: 'say', say: words(text) }) as const;

const knowledge = {
  revision: 'sha256:0',
  slices: new Map([['visits', { label: 'visits to us' }]]),
  overrideReasons: { system: 'urn:reasons', displays: new Map([['disagree', 'I disagree']]), chartLacks: [] },
  headings: {
    chart: 'Chart:',
    evidence: 'Evidence:',
    unchecked: 'Unchecked:',
    unread: 'not available',
    unclear: 'unclear',
    unrecorded: 'not recorded',
    why: 'Why:',
    atLeast: 'at least',
  },
} as unknown as Knowledge;

function rendered(
  card: Partial<CardDefinition> = {},
  draft: RawResource = aDraft('o1', 'hip injection'),
  hookInstance = 'h',
) {
  const context = aContext([draft]);
  const drafts = readDrafts(context);
  const scoped = drafts.map(
    (order) => ({ order, orderClass: A_CLASS, recognisedBy: 'code', regionFrom: 'site' }) as const,
  );
  const service = aService([aCard('a-card', card)]);
  const { shown } = decide({ service, scoped, drafts, context, chart: aChart({}), today: TODAY, terminology: SMALL });
  const request: HookRequest = { hook: 'order-select', hookInstance, context };
  const caller = { client: '', tenant: '' };
  return shown && renderCard(shown, { request, caller, knowledge, removable: drafts, today: TODAY });
}
const withOutcome = (more: Partial<Outcome>) => rendered({ outcomes: [anOutcome('only', more)] });
const why = (card: Partial<CardDefinition>) =>
  rendered(card)?.extension?.['org.rehab-first.why'] as Record<string, unknown> & {
    because: Record<string, unknown>[];
  };

describe('a card', () => {
  test('without anything more to say', () => {
    expect(rendered()).toEqual({
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      summary: 'A summary',
      detail: '**Why:** _a-card 1.0.0_',
      indicator: 'warning',
      source: { label: 'A source', url: 'https://source.example' },
      extension: expect.anything(),
    });
  });

  test('with everything', () => {
    const card = withOutcome({
      chart: [say('This is so.'), say('And this.')],
      evidence: [say('A trial.')],
      why: [say('Because.')],
      overrideReasons: ['disagree', 'other'],
      links: [aSource, { id: 't', label: 'no address', says: '', figures: {} }],
      suggestions: [
        { name: 's', label: words('Do it'), actions: [{ kind: 'delete-orders', description: words('Remove') }] },
      ],
    });
    expect(card?.detail).toBe(
      '**Chart:** This is so. And this.\n\n**Evidence:** A trial.\n\n**Why:** Because. _a-card 1.0.0_',
    );
    expect(card?.overrideReasons).toEqual([
      { code: 'disagree', system: 'urn:reasons', display: 'I disagree' },
      { code: 'other', system: 'urn:reasons', display: 'other' },
    ]);
    expect(card?.links).toEqual([{ label: 'A source', url: 'https://source.example', type: 'absolute' }]);
    expect([card?.selectionBehavior, card?.suggestions?.length]).toEqual(['at-most-one', 1]);
  });

  test.each([
    [139, 139, false],
    [140, 139, true],
    [500, 139, true],
  ])('a summary of %d characters has %d', (length, expected, isCut) => {
    const summary = withOutcome({ summary: words('x'.repeat(length)) })?.summary ?? '';
    expect([summary.length, summary.endsWith('…')]).toEqual([expected, isCut]);
  });

  test.each([
    ['its text', aDraft('o1', ['cpt|20611', 'hip *injection*']), 'hip \\*injection\\*'],
    ['the display of its code', aDraft('o1', 'x', { code: { coding: [{ code: '1', display: 'Inj' }] } }), 'Inj'],
    ['the name of the drug', aDrugDraft('o1', 'triamcinolone'), 'triamcinolone'],
    ['the title of its class', aDraft('o1', 'cpt|20611'), 'back injection'],
    ['the title of its class, when its code is null', aDraft('o1', 'x', { code: null }), 'back injection'],
  ])('calls the order by %s', (_, draft, expected) => {
    const outcomes = [anOutcome('only', { chart: [{ kind: 'say', say: [{ kind: 'order' }] }] })];
    expect(rendered({ outcomes }, draft)?.detail).toContain(`**Chart:** ${expected}\n`);
  });

  test('a cap that holds says so; one that does not, does not', () => {
    const says = { says: words('There is cancer in the history.') };
    expect(rendered({ caps: [aCriterion('holds', 'k', says)] })?.detail).toContain(
      '**Chart:** There is cancer in the history.',
    );
    expect(rendered({ caps: [aCriterion('unknown', 'k', says)] })?.detail).not.toContain('cancer');
  });
});

describe('the uuid of a card', () => {
  test('is the same for a repeated call', () => {
    expect(rendered()?.uuid).toBe(rendered()?.uuid);
  });

  test.each([
    ['another call', rendered({}, undefined, 'other')],
    ['another card', rendered({ id: 'b-card' })],
    ['another order', rendered({}, aDraft('o2', 'hip injection'))],
    ['an order without an id', rendered({}, { resourceType: 'ServiceRequest' })],
  ])('differs for %s', (_, other) => {
    expect(other?.uuid).toBeDefined();
    expect(other?.uuid).not.toBe(rendered()?.uuid);
  });
});

describe('what could not be checked', () => {
  const test_ = (unread: string[], name = 'f', more: object = {}) => ({
    ...aTest('unknown', name, more),
    fact: aFact(name, aReading({ count: { min: 0, max: 1 }, unread })),
  });
  const nothing = {
    ...aTest('unknown', 'f', { of: 'weeks', is: 'at-least', limit: aParameter(1) }),
    fact: aFact('f', aReading({ count: { min: 0, max: 0 } })),
  };
  const single = {
    ...aTest('unknown', 'f', { of: 'fall', is: 'at-least', limit: aParameter(1) }),
    fact: aFact('f', aReading({ count: { min: 1, max: 1 }, measures: { value: { min: 5, max: 5 } } })),
  };
  const unchecked = (card: Partial<CardDefinition>) =>
    /\*\*Unchecked:\*\* (.*)/.exec(rendered(card)?.detail ?? '')?.[1];
  const criterion = (body: ReturnType<typeof test_>) => aCriterion('unknown', 'fever', { body });

  test.each([
    [
      'a silence criterion, for want of a source',
      { silence: [criterion(test_(['visits']))] },
      'the fever (not available: visits to us).',
    ],
    [
      'of a source the pack does not name',
      { silence: [criterion(test_(['elsewhere']))] },
      'the fever (not available: elsewhere).',
    ],
    ['a silence criterion, for want of a clear record', { silence: [criterion(test_([]))] }, 'the f (unclear).'],
    ['a silence criterion, for want of any record', { silence: [criterion(nothing)] }, 'the f (not recorded).'],
    ['nothing of a fact that was read, with nothing to compare it with', { silence: [criterion(single)] }, undefined],
    [
      'a test outside a criterion, passed by default',
      { when: test_([], 'f', { unknownAs: 'holds' }) },
      'the f (unclear).',
    ],
    [
      'a criterion passed by default',
      { when: aCriterion('holds', 'fever', { body: test_(['visits'], 'f', { unknownAs: 'holds' }) }) },
      'the fever (not available: visits to us).',
    ],
    ['nothing, where everything was known', { silence: [aCriterion('fails')] }, undefined],
    ['no cap that nobody can judge', { caps: [aCriterion('unknown')] }, undefined],
  ])('names %s', (_, card, expected) => {
    expect(unchecked(card)).toBe(expected);
  });

  test('each is named once', () => {
    const twice = { silence: [criterion(test_(['visits'])), criterion(test_(['visits']))] };
    expect(unchecked(twice)).toBe('the fever (not available: visits to us).');
    expect(why(twice).unchecked).toEqual(['fever']);
  });
});

describe('the reasons for software', () => {
  test('name the card, the outcome, the class and the knowledge', () => {
    expect(why({})).toMatchObject({
      card: 'a-card',
      version: '1.0.0',
      outcome: 'only',
      class: 'back-injection',
      knowledge: 'sha256:0',
    });
  });

  test('cite references and the limit, never a value of the chart', () => {
    const reading = aReading({
      measures: { weeks: { min: 14, max: 14 } },
      evidence: [{ reference: 'Condition/1', date: '2026-08-18' }],
    });
    const limit = aParameter(13, { name: 'a.weeks', unit: 'weeks', cites: ['leap'] });
    expect(
      why({ when: { ...aTest('holds'), fact: aFact('symptoms', reading), of: 'weeks', is: 'at-least', limit } })
        .because,
    ).toEqual([
      {
        fact: 'symptoms',
        of: 'weeks',
        is: 'at-least',
        limit: 13,
        unit: 'weeks',
        parameter: 'a.weeks',
        cites: ['leap'],
        truth: 'holds',
        references: ['Condition/1'],
      },
    ]);
  });

  test('give at most twenty references for a test', () => {
    const evidence = Array.from({ length: 30 }, (_, index) => ({ reference: `Condition/${index}` }));
    const because = why({ when: { ...aTest('holds'), fact: aFact('f', aReading({ evidence })) } }).because;
    expect(because[0]?.references).toHaveLength(20);
  });

  test('give the outcome that was taken, not those that were passed', () => {
    const outcomes = [
      anOutcome('a', { when: aTest('fails', 'no') }),
      anOutcome('b', { when: aTest('holds', 'yes') }),
      anOutcome('c'),
    ];
    expect(why({ outcomes }).because.map(({ fact }) => fact)).toEqual(['it holds', 'yes']);
  });
});
