import { describe, expect, test } from 'vitest';
import type { RawResource } from '../../../src/cds-hooks/types.ts';
import type { Setting } from '../../../src/facts/reader.ts';
import type { CardDefinition, Condition, FactInstance, ServiceDefinition } from '../../../src/knowledge/types.ts';
import { readDrafts } from '../../../src/orders/order.ts';
import type { ScopedOrder } from '../../../src/orders/scope.ts';
import { type Case, decide } from '../../../src/rules/decide.ts';
import { explainDecision } from '../../../src/rules/explain.ts';
import {
  A_CLASS,
  aCard,
  aChart,
  aContext,
  aCriterion,
  aDraft,
  aFact,
  anOrderClass,
  anOutcome,
  aReading,
  aService,
  aTest,
  SMALL,
  TODAY,
} from '../../support/builders.ts';

const SURGERY = anOrderClass({ name: 'surgery', rank: 80 });
const PAINT = anOrderClass({ name: 'paint', rank: 10 });

/** A case of one draft for each scope given, in that order. */
function aCase(service: ServiceDefinition, scopes: readonly Partial<ScopedOrder>[] = [{}]): Case {
  const context = aContext(scopes.map((_, index) => aDraft(`o${index}`, 'x')));
  const drafts = readDrafts(context);
  const scoped = drafts.map(
    (order, index): ScopedOrder => ({
      order,
      orderClass: A_CLASS,
      recognisedBy: 'code',
      regionFrom: 'procedure',
      ...scopes[index],
    }),
  );
  return { service, scoped, drafts, context, chart: aChart({}), today: TODAY, terminology: SMALL };
}
const shown = (
  cards: readonly CardDefinition[],
  scopes?: readonly Partial<ScopedOrder>[],
  more: Partial<ServiceDefinition> = {},
) => {
  const { shown: one } = decide(aCase(aService(cards, more), scopes));
  return one && `${one.card.id} for ${one.scoped.order.reference?.split('/')[1]}`;
};
const verdict = (card: Partial<CardDefinition>, more: Partial<ServiceDefinition> = {}) =>
  decide(aCase(aService([aCard('card', card)], more))).judgements[0];
/** Holds for the order whose id is given. */
const forOrder = (id: string): Condition => ({
  ...aTest('holds'),
  fact: {
    ...aFact(`for ${id}`),
    reader: {
      ...aFact('for').reader,
      read: (_: unknown, { scoped }: Setting) => {
        const is = scoped.order.body.id === id ? 1 : 0;
        return aReading({ count: { min: is, max: is } });
      },
    },
  },
});

describe('the verdict on a card', () => {
  test.each([
    ['holds', 'fires'],
    ['fails', 'fails'],
    ['unknown', 'unknown'],
  ] as const)('a condition that %s: %s', (truth, expected) => {
    expect(verdict({ when: aTest(truth) })?.verdict).toBe(expected);
  });

  test.each([
    ['one that holds', [aCriterion('fails', 'a'), aCriterion('holds', 'b')], 'silent', 'b'],
    ['the first of two that hold', [aCriterion('holds', 'a'), aCriterion('holds', 'b')], 'silent', 'a'],
    ['one that nobody can judge', [aCriterion('unknown', 'a')], 'fires', undefined],
    ['one that fails', [aCriterion('fails', 'a')], 'fires', undefined],
  ] as const)('silence criteria, %s: %s', (_, silence, expected, by) => {
    const judgement = verdict({ silence });
    expect([judgement?.verdict, judgement?.silencedBy]).toEqual([expected, by]);
  });

  test('a silenced card whose condition fails just fails', () => {
    expect(verdict({ when: aTest('fails'), silence: [aCriterion('holds')] })?.verdict).toBe('fails');
  });
});

describe('outcomes are tried in order', () => {
  const outcomes = (first: 'holds' | 'fails' | 'unknown') => [
    anOutcome('first', { when: aTest(first), indicator: 'warning' }),
    anOutcome('last', { indicator: 'info' }),
  ];

  test.each([
    ['holds', 'first', 'warning'],
    ['fails', 'last', 'info'],
    ['unknown', 'last', 'info'],
  ] as const)('one whose condition %s leads to %s', (truth, id, indicator) => {
    const judgement = verdict({ outcomes: outcomes(truth) });
    expect([judgement?.outcome?.id, judgement?.indicator]).toEqual([id, indicator]);
  });

  test('those that were tried are told, up to the one that was taken', () => {
    expect(verdict({ outcomes: outcomes('fails') })?.tried.map(({ truth }) => truth)).toEqual(['fails']);
    expect(verdict({ outcomes: outcomes('holds') })?.tried.map(({ truth }) => truth)).toEqual(['holds']);
  });
});

describe('caps', () => {
  test.each([
    ['holds', 'info'],
    ['fails', 'warning'],
    ['unknown', 'warning'],
  ] as const)('one that %s: %s', (truth, indicator) => {
    expect(verdict({ caps: [aCriterion(truth)] })?.indicator).toBe(indicator);
    expect(verdict({}, { caps: [aCriterion(truth)] })?.indicator).toBe(indicator);
  });

  test('a cap leaves information as it is, and the outcome too', () => {
    const outcomes = [anOutcome('only', { indicator: 'info' })];
    expect(verdict({ outcomes, caps: [aCriterion('holds')] })).toMatchObject({
      indicator: 'info',
      outcome: { id: 'only' },
    });
  });
});

describe('at most one card is shown', () => {
  const draft = { status: 'draft' } as const;
  const silent = { silence: [aCriterion('holds')] };

  test.each([
    ['none that applies', [aCard('a', { when: aTest('fails') })], undefined],
    ['the only one', [aCard('a')], 'a for o0'],
    ['the lower precedence', [aCard('a', { precedence: 20 }), aCard('b', { precedence: 10 })], 'b for o0'],
    ['of equal precedence the first id', [aCard('b'), aCard('a')], 'a for o0'],
    ['one that is not silent', [aCard('a', { precedence: 1, ...silent }), aCard('b')], 'b for o0'],
    ['never a draft', [aCard('a', draft)], undefined],
    ['not a draft before an active one', [aCard('a', { ...draft, precedence: 1 }), aCard('b')], 'b for o0'],
  ])('%s', (_, cards, expected) => {
    expect(shown(cards)).toBe(expected);
  });

  const both = [aCard('a'), aCard('s', { orderClass: SURGERY, precedence: 900 })];
  test.each([
    ['the more invasive order', both, [{}, { orderClass: SURGERY }], 's for o1'],
    [
      'the less invasive one, when the other has nothing to say',
      [aCard('a'), aCard('s', { orderClass: SURGERY, ...silent })],
      [{}, { orderClass: SURGERY }],
      'a for o0',
    ],
    ['a procedure before a drug for it', [aCard('a')], [{ recognisedBy: 'drug' }, {}], 'a for o1'],
    ['a drug for something more invasive', both, [{}, { orderClass: SURGERY, recognisedBy: 'drug' }], 's for o1'],
    ['the earlier draft', [aCard('a')], [{}, {}], 'a for o0'],
    [
      'the earlier draft, whatever the precedence',
      [aCard('a', { when: forOrder('o0') }), aCard('b', { precedence: 1, when: forOrder('o1') })],
      [{}, {}],
      'a for o0',
    ],
    ['within one order the precedence', [aCard('a'), aCard('b', { precedence: 1 })], [{}, {}], 'b for o0'],
    ['no card for a class without one', [aCard('a')], [{ orderClass: PAINT }], undefined],
    ['text is no worse than a code', [aCard('a')], [{ recognisedBy: 'text' }, {}], 'a for o0'],
  ] as const)('of several orders: %s', (_, cards, scopes, expected) => {
    expect(shown(cards, scopes)).toBe(expected);
  });
});

describe('a silence criterion of the service silences the call', () => {
  const flag = (body: Condition) => ({ silence: [aCriterion('holds', 'red-flag', { body })] });

  test.each([
    ['for its only order', aTest('holds'), undefined],
    ['for one of two orders', forOrder('o1'), undefined],
    ['for no order', aTest('fails'), 'a for o0'],
    ['for an order nobody can judge', aTest('unknown'), 'a for o0'],
  ])('when it holds %s', (_, body, expected) => {
    expect(shown([aCard('a')], [{}, {}], flag(body))).toBe(expected);
  });

  test('it is told which, and for which order, and the rest is judged all the same', () => {
    const decision = decide(aCase(aService([aCard('a')], flag(forOrder('o1'))), [{}, {}]));
    expect(decision.silencedBy).toMatchObject({
      criterion: 'red-flag',
      scoped: { order: { reference: 'ServiceRequest/o1' } },
    });
    expect(decision.judgements.map(({ verdict: one }) => one)).toEqual(['fires', 'silent']);
  });

  test('an order of a class without cards silences too', () => {
    expect(shown([aCard('a')], [{}, { orderClass: PAINT }], flag(forOrder('o1')))).toBeUndefined();
  });

  test('a criterion of one card silences that card only', () => {
    const cards = [aCard('a', { silence: [aCriterion('holds')] }), aCard('b')];
    expect(shown(cards)).toBe('b for o0');
  });
});

describe('facts', () => {
  const counting = () => {
    let reads = 0;
    const fact: FactInstance = {
      ...aFact('counted'),
      reader: {
        ...aFact('x').reader,
        read: () => {
          reads += 1;
          return aReading();
        },
      },
    };
    return { fact, reads: () => reads };
  };

  test('are read once for an order, however many cards ask', () => {
    const { fact, reads } = counting();
    const when = { ...aTest('holds'), fact };
    decide(
      aCase(
        aService([aCard('a', { when }), aCard('b', { when, silence: [aCriterion('holds', 'k', { body: when })] })]),
      ),
    );
    expect(reads()).toBe(1);
  });

  test('are read anew for another order', () => {
    const { fact, reads } = counting();
    decide(aCase(aService([aCard('a', { when: { ...aTest('holds'), fact } })]), [{}, {}]));
    expect(reads()).toBe(2);
  });

  test('that need another find it read', () => {
    const needed = aFact('needed', aReading({ count: { min: 7, max: 7 } }));
    const fact: FactInstance = {
      ...aFact('needing'),
      needs: [needed],
      reader: { ...needed.reader, read: (_, { read }) => aReading({ count: read('needed').count }) },
    };
    expect(verdict({ when: { ...aTest('holds'), fact } })?.when).toMatchObject({ reading: { count: { min: 7 } } });
  });
});

describe('the explanation', () => {
  const explain = (cards: CardDefinition[], more: Partial<ServiceDefinition> = {}) =>
    explainDecision(decide(aCase(aService(cards, more)))).join('\n');

  test.each([
    ['what is shown', [aCard('a')], {}, 'Shown: a (warning only)'],
    ['that nothing is', [aCard('a', { when: aTest('fails') })], {}, 'Shown: nothing'],
    ['why it does not apply', [aCard('a', { when: aTest('fails', 'a.fact') })], {}, 'a.fact absent - present -> fails'],
    [
      'what nobody knows',
      [aCard('a', { when: aTest('unknown', 'a.fact') })],
      {},
      'a.fact unavailable - present -> unknown',
    ],
    [
      'what counted by default',
      [aCard('a', { when: aTest('unknown', 'a.fact', { unknownAs: 'holds' }) })],
      {},
      '-> holds (by default)',
    ],
    ['what silenced the card', [aCard('a', { silence: [aCriterion('holds', 'because')] })], {}, ': silent, because'],
    [
      'what silenced the call',
      [aCard('a')],
      { silence: [aCriterion('holds', 'because')] },
      'The whole call is silent: because',
    ],
  ] as const)('says %s', (_, cards, more, expected) => {
    expect(explain([...cards], more)).toContain(expected);
  });

  test('tells what cards share once', () => {
    const text = explain([aCard('a'), aCard('b')], { silence: [aCriterion('fails', 'shared-one')] });
    expect(text.split('shared-one').length - 1).toBe(1);
  });
});

test('an order of any shape is judged', () => {
  const odd: RawResource = { resourceType: 'ServiceRequest' };
  const context = aContext([odd]);
  const drafts = readDrafts(context);
  const scoped = drafts.map(
    (order): ScopedOrder => ({ order, orderClass: A_CLASS, recognisedBy: 'text', regionFrom: 'site' }),
  );
  const service = aService([aCard('a')]);
  const decision = decide({ service, scoped, drafts, context, chart: aChart({}), today: TODAY, terminology: SMALL });
  expect(decision.shown?.card.id).toBe('a');
});
