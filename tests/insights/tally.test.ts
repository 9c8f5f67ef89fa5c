import { describe, expect, test } from 'vitest';
import { countsOf, sum } from '../../src/insights/counts.ts';
import { type Counter, newCounter, type TallyContext } from '../../src/insights/tally.ts';
import { accepted, at, decision, overridden, shownCard, unshownCard } from './rows.ts';

const period = { since: at(-60), until: at(60 * 24 * 30) };
const counter = (more: Partial<TallyContext> = {}): Counter =>
  newCounter({
    period,
    weekOf: (time) => (time < at(60 * 24 * 7) ? 'first' : 'second'),
    suggestionOf: (_card, uuid, id) => (id === `${uuid}/refer` ? 'refer' : undefined),
    chartLacks: ['done-elsewhere'],
    ...more,
  });

const counted = (count: (counter: Counter) => void, more: Partial<TallyContext> = {}) => {
  const one = counter(more);
  count(one);
  const tallied = one.finish();
  return { ...tallied, total: countsOf(sum(tallied.cells.map(({ tally }) => tally))) };
};

describe('the funnel', () => {
  test('counts calls by how far they came', () => {
    const { funnel, inScopeOf } = counted(({ addDecision, addFeedback }) => {
      addDecision(decision('nothing', [unshownCard({ verdict: 'fails' })]));
      addDecision(decision('failed', [], { failure: 'chart-incomplete' }));
      addDecision(decision('kept', [unshownCard({ disposition: 'quiet' })]));
      addDecision(decision('shown', [shownCard('1'), unshownCard({ card: 'back', disposition: 'arbitrated' })]));
      addDecision(decision('liked', [shownCard('2')], { client: 'south' }));
      addFeedback(accepted('2', 1, { client: 'south' }));
    });
    expect(funnel).toEqual({ inScope: 5, fired: 3, shown: 2, accepted: 1, failed: 1 });
    expect([...inScopeOf]).toEqual([
      ['north', 4],
      ['south', 1],
    ]);
  });

  test('a call sent again counts once, with the best of its answers', () => {
    const { funnel, total } = counted(({ addDecision }) => {
      addDecision(decision('one', [], { failure: 'chart-incomplete' }));
      addDecision(decision('one', [unshownCard({ disposition: 'silent' })]));
      addDecision(decision('one', [shownCard('1')]));
      addDecision(decision('one', [shownCard('1')], { time: at(60 * 24 * 8) }));
      addDecision(decision('one', [unshownCard({ disposition: 'quiet' })]));
    });
    expect(funnel).toEqual({ inScope: 1, fired: 1, shown: 1, accepted: 0, failed: 1 });
    expect(total).toMatchObject({ judged: 1, fired: 1, shown: 1, silent: 0, quiet: 0, ignored: 1 });
  });

  test('no step is larger than the one before, also where a client uses a hook instance again for other orders', () => {
    const { funnel, total, cells } = counted(({ addDecision, addFeedback }) => {
      addDecision(decision('one', [unshownCard({ disposition: 'quiet' })]));
      for (const uuid of ['1', '2', '3']) addDecision(decision('one', [shownCard(uuid)]));
      addDecision(decision('one', [shownCard('4', { card: 'back' })]));
      addDecision(decision('one', [shownCard('1')]));
      addDecision(decision('two', [shownCard('5')]));
      for (const uuid of ['1', '2', '4']) addFeedback(accepted(uuid));
    });
    expect(funnel).toEqual({ inScope: 2, fired: 2, shown: 2, accepted: 1, failed: 0 });
    expect(total).toMatchObject({ judged: 5, fired: 5, shown: 5, quiet: 0, accepted: 3, ignored: 2 });
    for (const { tally } of cells) expect(tally.fired).toBe(tally.shown);
  });

  test.each([
    ['client', { client: 'south' }],
    ['tenant', { tenant: 'other' }],
    ['service', { service: 'sign' }],
    ['patient', { patientHmac: 'b'.repeat(64) }],
  ])('another %s with the same hook instance is another call', (_, more) => {
    const { funnel } = counted(({ addDecision }) => {
      addDecision(decision('one', []));
      addDecision(decision('one', [], more));
    });
    expect(funnel.inScope).toBe(2);
  });
});

describe('cells', () => {
  test('are of card, version, client and week of the showing', () => {
    const { cells } = counted(({ addDecision, addFeedback }) => {
      addDecision(decision('a', [shownCard('1')]));
      addDecision(decision('b', [shownCard('2', { version: '2.0.0' })]));
      addDecision(decision('c', [shownCard('3')], { client: 'south' }));
      addDecision(decision('d', [shownCard('4')], { time: at(60 * 24 * 8) }));
      addFeedback(accepted('1', 60 * 24 * 9));
    });
    expect(
      cells.map(({ card, version, client, week, tally }) => [card, version, client, week, tally.accepted]),
    ).toEqual([
      ['hip', '1.0.0', 'north', 'first', 1],
      ['hip', '2.0.0', 'north', 'first', 0],
      ['hip', '1.0.0', 'south', 'first', 0],
      ['hip', '1.0.0', 'north', 'second', 0],
    ]);
  });

  test('say why a card that fired was kept back', () => {
    const { total } = counted(({ addDecision }) => {
      for (const disposition of ['silent', 'draft', 'quiet', 'arbitrated'] as const)
        addDecision(decision(disposition, [unshownCard({ disposition })]));
      addDecision(decision('silenced', [unshownCard({ verdict: 'silent' })]));
    });
    expect(total).toMatchObject({ judged: 5, fired: 4, shown: 0, silent: 1, draft: 1, quiet: 1, arbitrated: 1 });
  });

  test('two orders in one call are two judgements of one card', () => {
    const { total } = counted(({ addDecision }) =>
      addDecision(decision('a', [shownCard('1'), unshownCard({ disposition: 'arbitrated' })])),
    );
    expect(total).toMatchObject({ judged: 2, fired: 2, shown: 1, arbitrated: 1 });
  });
});

describe('answers', () => {
  test('by suggestion, by reason, and none', () => {
    const { total } = counted(({ addDecision, addFeedback }) => {
      for (const uuid of ['1', '2', '3', '4', '5']) addDecision(decision(uuid, [shownCard(uuid)]));
      addFeedback(accepted('1'));
      addFeedback(accepted('2', 1, { accepted: ['strange'] }));
      addFeedback(overridden('3', 1, 'done-elsewhere'));
      addFeedback(overridden('4'));
    });
    expect(total).toMatchObject({
      shown: 5,
      accepted: 2,
      overridden: 2,
      ignored: 1,
      reports: 4,
      suggestions: { other: 1, refer: 1 },
      reasons: { '': 1, 'done-elsewhere': 1 },
    });
  });

  test.each([
    ['accepted, then overridden', [accepted('1', 1), overridden('1', 2)], { accepted: 0, overridden: 1 }],
    ['overridden, then accepted', [overridden('1', 1), accepted('1', 2)], { accepted: 1, overridden: 0 }],
    [
      'of a clock that is ahead, read in any order',
      [
        overridden('1', 1, undefined, { said: new Date('2030-01-01T00:02:00Z') }),
        accepted('1', 1, { said: new Date('2030-01-01T00:01:00Z') }),
      ],
      { accepted: 0, overridden: 1 },
    ],
    ['the later one first to arrive', [accepted('1', 2), overridden('1', 1)], { accepted: 1, overridden: 0 }],
  ])('%s: the last decides, both are reports', (_, answers, expected) => {
    const { total } = counted(({ addDecision, addFeedback }) => {
      addDecision(decision('a', [shownCard('1')]));
      for (const answer of answers) addFeedback(answer);
    });
    expect(total).toMatchObject({ ...expected, reports: 2, ignored: 0 });
    expect(total.answerTime?.median).toBeGreaterThanOrEqual(57);
    expect(total.answerTime?.median).toBeLessThanOrEqual(63);
  });

  test('times are within 5 %, and one before its showing is no time', () => {
    const { total } = counted(({ addDecision, addFeedback }) => {
      for (let number = 1; number <= 100; number += 1) {
        addDecision(decision(`${number}`, [shownCard(`${number}`)]));
        addFeedback(overridden(`${number}`, number));
      }
      addDecision(decision('early', [shownCard('early')]));
      addFeedback(overridden('early', -5));
    });
    const { median = 0, p90 = 0 } = total.answerTime ?? {};
    expect(Math.abs(median / 3000 - 1)).toBeLessThan(0.051);
    expect(Math.abs(p90 / 5400 - 1)).toBeLessThan(0.051);
    expect(total.overridden).toBe(101);
  });

  test("an answer of another client or tenant is not this card's", () => {
    const { total, feedback } = counted(({ addDecision, addFeedback }) => {
      addDecision(decision('a', [shownCard('1')]));
      addFeedback(accepted('1', 1, { client: 'south' }));
      addFeedback(accepted('1', 1, { tenant: 'other' }));
    });
    expect(total).toMatchObject({ accepted: 0, ignored: 1 });
    expect(feedback).toEqual({ onUnknownCards: 2, onEarlierCards: 0, tooLate: 0 });
  });

  test('on cards from before the period, and from after it, are set apart', () => {
    const showing = (time: Date) => ({
      showing: {
        time,
        hook: 'order-select',
        hookInstance: 'x',
        card: 'hip',
        version: '1.0.0',
        orderClass: 'hip-injection',
      },
    });
    const { feedback } = counted(({ addFeedback }) => {
      addFeedback(accepted('old', 1, showing(at(-61))));
      addFeedback(accepted('new', 60 * 24 * 31, showing(period.until)));
      addFeedback(accepted('nobody', 60 * 24 * 31));
      addFeedback(accepted('nobody', 1));
    });
    expect(feedback).toEqual({ onUnknownCards: 1, onEarlierCards: 1, tooLate: 0 });
  });

  test('that say the chart lacks something are listed, the newest first and 200 at most', () => {
    const { review } = counted(({ addDecision, addFeedback }) => {
      for (let number = 0; number < 250; number += 1) {
        addDecision(decision(`call-${number}`, [shownCard(`${number}`)], { time: at(number) }));
        addFeedback(overridden(`${number}`, number + 1, number % 2 === 0 ? 'done-elsewhere' : 'other-reason'));
      }
      for (let number = 250; number < 400; number += 1) {
        addDecision(decision(`call-${number}`, [shownCard(`${number}`)], { time: at(number) }));
        addFeedback(overridden(`${number}`, number + 1, 'done-elsewhere'));
      }
    });
    expect(review.total).toBe(275);
    expect(review.items).toHaveLength(200);
    expect(review.items[0]).toEqual({
      shown: at(399).toISOString(),
      card: 'hip',
      version: '1.0.0',
      client: 'north',
      hook: 'order-select',
      hookInstance: 'call-399',
      reason: 'done-elsewhere',
    });
  });
});

describe('memory', () => {
  test('showings beyond the limit are settled as they are, the oldest first; what comes then is too late', () => {
    const { total, funnel, feedback } = counted(
      ({ addDecision, addFeedback }) => {
        addDecision(decision('a', [shownCard('1')]));
        addFeedback(accepted('1'));
        for (const uuid of ['2', '3', '4']) addDecision(decision(uuid, [shownCard(uuid)]));
        const showing = { time: at(0), hook: 'h', hookInstance: '2', card: 'hip', version: '1.0.0', orderClass: 'x' };
        addFeedback(accepted('2', 2, { showing }));
        addFeedback(accepted('4', 2));
      },
      { mostOpen: 2 },
    );
    expect(total).toMatchObject({ shown: 4, accepted: 2, ignored: 2 });
    expect(funnel).toMatchObject({ shown: 4, accepted: 2 });
    expect(feedback.tooLate).toBe(1);
  });

  test('a client that makes up reasons cannot fill it', () => {
    const { total } = counted(({ addDecision, addFeedback }) => {
      for (let number = 0; number < 500; number += 1) {
        addDecision(decision(`${number}`, [shownCard(`${number}`)]));
        addFeedback(overridden(`${number}`, 1, `reason-${number}`));
      }
    });
    expect(Object.keys(total.reasons)).toHaveLength(51);
    expect(total.reasons.other).toBe(450);
  });
});
