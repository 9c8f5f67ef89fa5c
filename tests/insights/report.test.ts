import { describe, expect, test } from 'vitest';
import { reportOn } from '../../src/insights/build.ts';
import { readDays } from '../../src/insights/period.ts';
import type { Report } from '../../src/insights/report.ts';
import { reportCsv } from '../../src/insights/report-csv.ts';
import { reportMarkdown } from '../../src/insights/report-markdown.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { Knowledge } from '../../src/knowledge/types.ts';
import { uuidOf } from '../../src/render/uuid.ts';
import type { KeptDecision, KeptFeedback } from '../../src/store/store.ts';
import { accepted, at, decision, overridden, rows, shownCard, unshownCard } from './rows.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
const limit = (name: string) => knowledge.parameters.get(`insights.${name}`)?.value ?? Number.NaN;
const NOW = new Date('2026-11-24T12:00:00Z');
const CARD = 'trochanteric-injection';
const asCard = { card: CARD, version: '1.0.0' };

const report = (
  decisions: readonly KeptDecision[],
  feedback: readonly KeptFeedback[] = [],
  by: Knowledge = knowledge,
): Promise<Report> => {
  const store = { decisions: () => rows(decisions), feedback: () => rows(feedback) };
  return reportOn(store, readDays({ weeks: '4' }, NOW, 'UTC'), by);
};

/** So many showings, the first of them accepted, the others overridden for a reason. */
const answered = (count: number, acceptances: number, reasons: readonly string[] = ['disagree']) => {
  const ids = Array.from({ length: count }, (_, number) => `${number}`);
  const decisions = ids.map((id) => decision(id, [shownCard(id, asCard)]));
  const feedback = ids.map((id, number) =>
    number < acceptances ? accepted(id) : overridden(id, 1, reasons[number % reasons.length]),
  );
  return report(decisions, feedback);
};
const kinds = async (made: Promise<Report>) =>
  (await made).cards.flatMap(({ signals }) => signals.map(({ kind }) => kind));

describe('signals', () => {
  const least = limit('least-answers');
  const most = limit('most-chart-lacks') / 100;

  test('a card that is seldom accepted', async () => {
    const bound = Math.ceil((least * limit('least-acceptance')) / 100);
    expect(await kinds(answered(least, bound - 1))).toEqual(['low-acceptance']);
    expect(await kinds(answered(least, bound))).toEqual([]);
  });

  test('none before there are enough answers', async () => {
    expect(await kinds(answered(least - 1, 0))).toEqual([]);
  });

  test('overrides that say the chart lacks something', async () => {
    const overrides = 20;
    const total = least + overrides;
    const lacking = Math.floor(overrides * most);
    const reasons = (count: number) =>
      Array.from({ length: total }, (_, number) =>
        number - least < count ? (number % 2 === 0 ? 'rehab-done-elsewhere' : 'neuro-deficit') : 'disagree',
      );
    expect(await kinds(answered(total, least, reasons(lacking)))).toEqual([]);
    expect(await kinds(answered(total, least, reasons(lacking + 1)))).toEqual(['chart-lacks']);
  });

  test('a card that fired unseen is to be checked by hand, until it is shown', async () => {
    const unseen = [decision('a', [unshownCard({ ...asCard, disposition: 'silent' })])];
    const made = await report(unseen);
    expect(made.cards[0]?.signals).toEqual([
      {
        kind: 'hand-check',
        says: expect.stringContaining(`1 of the ${limit('hand-check')} times`),
        value: 1,
        limit: limit('hand-check'),
      },
    ]);
    expect(await kinds(report([...unseen, decision('b', [shownCard('b', asCard)])]))).toEqual([]);
  });

  test('a pack without the numbers gets none', async () => {
    const { parameters: _, ...rest } = knowledge;
    const made = await report([decision('a', [unshownCard({ ...asCard, disposition: 'draft' })])], [], {
      ...rest,
      parameters: new Map(),
    });
    expect(made.limits).toEqual({});
    expect(made.cards[0]?.signals).toEqual([]);
  });
});

describe('the report', () => {
  test('has every week of the period, and names for what it counts', async () => {
    const name = knowledge.cards.find(({ id }) => id === CARD)?.outcomes[0]?.suggestions[0]?.name ?? '';
    const uuid = uuidOf('a card');
    const made = await report(
      [decision('a', [shownCard(uuid, asCard)])],
      [accepted(uuid, 1, { accepted: [uuidOf(uuid, name)] })],
    );
    expect(made.period).toEqual({ since: '2026-11-02', until: '2026-11-24', timeZone: 'UTC' });
    expect(made.weeks.map(({ week, shown }) => [week, shown])).toEqual([
      ['2026-11-02', 1],
      ['2026-11-09', 0],
      ['2026-11-16', 0],
      ['2026-11-23', 0],
    ]);
    expect(made.total.suggestions).toEqual({ [name]: 1 });
    expect(made.names.suggestions[name]).not.toBe(undefined);
    expect(made.names.cards[CARD]?.title).toBe(knowledge.cards.find(({ id }) => id === CARD)?.title);
    expect(made.names.reasons['rehab-done-elsewhere']).toContain('physiotherapy');
  });

  test('joins feedback that came long after, however the clocks of replicas differ', async () => {
    const decisions = [
      decision('a', [shownCard('a', asCard)]),
      decision('b', [shownCard('b', asCard)], { time: at(600) }),
    ];
    const early = accepted('b', 598);
    const made = await report(decisions, [early, overridden('a', 60 * 24 * 40, 'disagree')]);
    expect(made.total).toMatchObject({ accepted: 1, overridden: 1, ignored: 0 });
  });

  const STANDARD = knowledge.overrideReasons.standard.system;
  test.each([
    ['the standard code that one reason of ours maps to', 'action-completed', STANDARD, 'rehab-done-elsewhere'],
    ['the same without a system', 'service-not-available', undefined, 'access'],
    ['the same code of another system', 'action-completed', 'urn:other', 'action-completed'],
    ['a standard code that several of ours map to', 'cds-not-applicable', STANDARD, 'cds-not-applicable'],
    ['a standard code that none of ours maps to', 'patient-not-available', STANDARD, 'patient-not-available'],
    ['a reason of ours', 'access', knowledge.overrideReasons.system, 'access'],
  ])('%s counts as one reason', async (_, code, system, counted) => {
    const item = overridden('a', 1, code, { reason: { code, ...(system !== undefined && { system }) } });
    const made = await report([decision('a', [shownCard('a', asCard)])], [item]);
    expect(made.total.reasons).toEqual({ [counted]: 1 });
    expect(made.review.total).toBe(counted === 'rehab-done-elsewhere' ? 1 : 0);
  });

  test('the newest version of a card comes first', async () => {
    const versions = ['1.9.0', '1.10.0', '0.3.0'];
    const made = await report(versions.map((version) => decision(version, [shownCard(version, { version })])));
    expect(made.cards.map(({ version }) => version)).toEqual(['1.10.0', '1.9.0', '0.3.0']);
  });

  test('an empty store gives an empty report', async () => {
    const made = await report([]);
    expect(made).toMatchObject({ funnel: { inScope: 0 }, cards: [], cells: [], review: { total: 0, items: [] } });
    expect(reportMarkdown(made)).toContain('No card was judged');
    expect(reportCsv(made).split('\r\n')).toHaveLength(2);
  });

  test('names no patient', async () => {
    const made = await answered(3, 0, ['rehab-done-elsewhere']);
    expect(JSON.stringify(made)).not.toContain('a'.repeat(64));
  });
});

describe('as CSV', () => {
  test('a line for each cell, a column for each reason and suggestion', async () => {
    const csv = reportCsv(await answered(3, 1, ['disagree', 'access', 'disagree']));
    const [header, line, ...rest] = csv.split('\r\n');
    expect(header).toBe(
      'card,version,client,week,judged,fired,silent,draft,quiet,arbitrated,shown,accepted,overridden,ignored,reports,answer_seconds_median,answer_seconds_p90,accepted:other,overridden:access,overridden:disagree',
    );
    expect(line).toMatch(/^trochanteric-injection,1\.0\.0,north,2026-11-02,3,3,0,0,0,0,3,1,2,0,3,\d+,\d+,1,1,1$/);
    expect(rest).toEqual(['']);
  });
});

describe('as Markdown', () => {
  test('says what to look at, and lists what to review', async () => {
    const text = reportMarkdown(await answered(limit('least-answers'), 0, ['rehab-done-elsewhere']));
    expect(text).toMatch(
      /## Cards to look at\n\n- \*\*trochanteric-injection 1\.0\.0\*\*: Accepted in 0 % of 20 answers/,
    );
    expect(text).toMatch(/## To review: 20 overrides/);
  });

  test('what a client sends is text, not markup', async () => {
    const made = await report([decision('a', [shownCard('a', asCard)])], [overridden('a', 1, 'x|<b>\n# [a](b)')]);
    expect(reportMarkdown(made)).toContain('x\\|\\<b\\> \\# \\[a\\](b)');
  });
});
