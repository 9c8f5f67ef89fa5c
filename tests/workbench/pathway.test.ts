import { describe, expect, test } from 'vitest';
import { considerCall } from '../../src/answer.ts';
import { admitAnybody } from '../../src/cli/admission.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { sided } from '../../src/pages/workbench/order.ts';
import { explainCall } from '../../src/workbench/explain.ts';
import type { Explanation, OrderChoice } from '../../src/workbench/explanation.ts';
import { rungsOf } from '../../src/workbench/ladder.ts';
import { STORIES } from '../../src/workbench/stories.ts';
import { workbenchCall } from '../support/workbench-call.ts';

const TODAY = '2026-11-24';
const knowledge = loadKnowledge({ dir: 'cards' });
const { ladder } = knowledge;
const { openReader } = admitAnybody({ fhirBudgetMs: 1000 });
const deps = { knowledge, clock: () => new Date(`${TODAY}T12:00:00Z`), timeZone: 'UTC', openReader };
const KINDS = rungsOf(knowledge).flatMap(({ name: rung, orders }) => orders.map((order) => ({ ...order, rung })));
/** It carries neither visits nor procedures, so it cannot show that there was no care (ruling 7). */
const NO_CARE_DATA = 'sciatica-no-physiotherapy-data';

/** The order of a patient's story, or another kind of order for the same reason and side, as the workbench offers it. */
function orderFor(patientId: string, kind = 'story'): OrderChoice {
  const story = STORIES[patientId]?.order.en;
  const other = KINDS.find(({ name }) => name === kind);
  if (story === undefined || (kind !== 'story' && other === undefined)) throw new Error(`${patientId} ${kind}`);
  if (other === undefined) return story;
  const site = `${sided(story.site).side} ${other.site}`.trimStart();
  return { what: other.what, site, reason: story.reason, priority: 'routine' };
}

const explain = (patientId: string, kind?: string): Promise<Explanation> =>
  explainCall(workbenchCall(patientId, orderFor(patientId, kind), TODAY), deps);
const stepsOf = ({ pathway }: Explanation) => Object.fromEntries(pathway.map((step) => [step.name, step]));
const nextIn = ({ pathway }: Explanation) => pathway.filter(({ isNext }) => isNext).map(({ name }) => name);

describe('whoever the patient and whatever the order', () => {
  const pairs = Object.keys(STORIES).flatMap((id) =>
    ['story', ...KINDS.map(({ name }) => name)].map((kind) => [id, kind]),
  );

  test.each(pairs)('%s, %s: the picture is true', async (id = '', kind = '') => {
    const call = workbenchCall(id, orderFor(id, kind), TODAY);
    const explanation = await explainCall(call, deps);
    const { pathway, timeline, orders, cards, silencedBy, slices } = explanation;
    const about = KINDS.find(({ title }) => title === orders[0]?.isA);
    expect(pathway.length, 'drawn for what stands on a rung').toBe(about?.rung === undefined ? 0 : ladder.length);
    expect(slices.filter(({ state }) => state !== 'complete')).toEqual([]);
    for (const { name, state, days } of pathway) {
      const drawn = new Set(timeline.filter(({ rung }) => rung === name).map(({ from }) => from));
      if (state === 'none') expect(drawn, `${name} is not on record`).toEqual(new Set());
      if (state === 'done') expect(days, `${name} is done`).not.toEqual([]);
      expect(
        days.filter((day) => !drawn.has(day)),
        `${name} is on the axis`,
      ).toEqual([]);
    }
    const unknown = pathway.filter(({ state }) => state === 'unknown').map(({ name }) => name);
    expect(unknown).toEqual(id === NO_CARE_DATA && pathway.length > 0 ? ['education', 'exercise'] : []);

    const next = nextIn(explanation);
    const ordered = ladder.find(({ name }) => name === about?.rung);
    const approving = new Set(ordered?.next.map(titleOfSilence));
    const isShown = cards.some((card) => card.isShown);
    const isApproved = cards.some((card) => card.verdict === 'silent' && approving.has(card.silencedBy));
    if (silencedBy !== undefined || (!isShown && !isApproved)) expect(next).toEqual([]);
    else if (!isShown) expect(next).toEqual([ordered?.name]);
    else expect(next.filter((name) => !['education', 'exercise'].includes(name))).toEqual([]);
    expect(pathway.filter(({ isNext, state }) => isNext && state === 'done')).toEqual([]);
    if (isShown)
      expectCounts(explanation, (await considerCall(explanation.service, call, deps)).response.cards[0]?.detail);
  });
});

/** Where a card gives a number of dates, the picture gives the same. */
function expectCounts({ pathway }: Explanation, detail = ''): void {
  const steps = new Map(pathway.map((step) => [step.name, step]));
  const told = [
    [steps.get('exercise'), /Physiotherapy for this region: (\d+)/],
    [steps.get('infiltration'), /(?:Injections at this hip|Lumbar epidurals) in \d+ months: (\d+)/],
    [pathway.find(({ isOrdered }) => isOrdered), /Sessions of this kind here in \d+ months: (\d+)/],
  ] as const;
  for (const [step, words] of told) {
    const said = words.exec(detail)?.[1];
    if (said !== undefined) expect(step?.days.length, step?.title).toBe(Number(said));
  }
}

const titleOfSilence = (name: string): string | undefined =>
  knowledge.cards.flatMap(({ silence }) => silence).find((criterion) => criterion.name === name)?.title;

describe('what is next', () => {
  test.each([
    ['the order, once care suffices', 'gluteal-completed-programme', 'story', ['infiltration']],
    ['the order, where an exception says so', 'disc-herniation-five-months', 'story', ['surgery']],
    ['the order, where another exception says so', 'gluteal-full-thickness-tear', 'story', ['surgery']],
    ['nothing, where no card applies', 'radiofrequency-urgent', 'lumbar-discectomy', []],
    ['nothing, where no card applies', 'back-pain-fusion-five-visits', 'lumbar-discectomy', []],
    ['nothing, where no card applies', 'disc-herniation-five-months', 'lumbar-fusion', []],
    ['nothing, where no card applies', 'gluteal-third-steroid', 'piriformis-injection', []],
    ['nothing, where the card asks for something else', 'gluteal-third-steroid', 'story', []],
    ['nothing, where the card asks for nothing first', 'prp-after-programme', 'story', []],
    ['nothing, where the call is silenced', 'radiofrequency-urgent', 'story', []],
    [
      'care, where the card asks for more of it',
      'gluteal-completed-programme',
      'prp-gluteal',
      ['education', 'exercise'],
    ],
    ['care that has begun', 'sciatica-partial-care', 'story', ['exercise']],
    ['care, where there may have been some elsewhere', NO_CARE_DATA, 'story', ['education', 'exercise']],
  ] as const)('is %s: %s, %s', async (_, id, kind, next) => {
    expect(nextIn(await explain(id, kind))).toEqual(next);
  });

  /** Silences that say nothing about whether the order is in its place. */
  const OTHERS = [
    ...['hip-joint-disease', 'inflammatory-disease', 'plasma-order', 'other-injectate', 'steroid-for-another'],
    ...['referral-drafted', 'revision-order'],
  ];

  test.each(ladder.filter(({ orders }) => orders.length > 0).map((rung) => [rung.name, rung] as const))(
    'on %s: every silence of its cards says that the order is in its place, or is known not to',
    (_, { orders, next }) => {
      const cards = knowledge.cards.filter(({ orderClass }) => orders.includes(orderClass.name));
      const silences = new Set(cards.flatMap(({ silence }) => silence.map(({ name }) => name)));
      expect([...silences].filter((name) => !OTHERS.includes(name)).sort()).toEqual([...next].sort());
    },
  );

  test('an order of a card that asks for physiotherapy has it next', () => {
    const asking = ladder.flatMap(({ suggestions }) => suggestions);
    const offered = knowledge.cards.flatMap(({ outcomes }) => outcomes.flatMap(({ suggestions }) => suggestions));
    const care = new Set(offered.map(({ name }) => name).filter((name) => /^(refer|home)|^remove-order$/.test(name)));
    expect([...care].sort()).toEqual([...asking].sort());
  });
});

describe('what is on record', () => {
  test.each([
    ['dates, not entries', 'gluteal-completed-programme', 'story', 'exercise', 'done', 12],
    ['dates, not entries', 'sciatica-partial-care', 'story', 'exercise', 'some', 3],
    ['injections at this hip', 'gluteal-third-steroid', 'story', 'infiltration', 'had', 2],
    ['drugs, however short', 'sciatica-acute-severe', 'story', 'analgesia', 'had', 1],
    ['drugs, for whatever order', 'sciatica-acute-severe', 'piriformis-injection', 'analgesia', 'had', 1],
    ['drugs that are no trial', 'axial-back-pain-epidural', 'story', 'analgesia', 'had', 1],
    ['blocks, for an operation', 'radiofrequency-urgent', 'lumbar-discectomy', 'infiltration', 'had', 2],
    ['nothing, for an operation', 'disc-herniation-five-months', 'story', 'infiltration', 'none', 0],
    ['care of long ago', 'stenosis-stale-physiotherapy', 'story', 'exercise', 'past', 5],
    ['care of something else', 'axial-back-pain-epidural', 'story', 'exercise', 'apart', 2],
    ['no education of which there is nothing', 'disc-herniation-five-months', 'story', 'education', 'none', 0],
    ['care that no card could see', NO_CARE_DATA, 'story', 'exercise', 'unknown', 0],
  ] as const)('%s: %s, %s', async (_, id, kind, rung, state, days) => {
    const step = stepsOf(await explain(id, kind))[rung];
    expect([step?.state, step?.days.length]).toEqual([state, days]);
  });

  test('an order on no rung has no picture', async () => {
    const { orders, pathway } = await explain('sciatica-acute-severe', 'lumbar-mri');
    expect([orders.length, pathway]).toEqual([1, []]);
  });

  test('cannot be told where its slices were not read', async () => {
    const call = workbenchCall('sciatica-acute-severe', orderFor('sciatica-acute-severe'), TODAY);
    const { procedures: _, medications: __, ...prefetch } = call.prefetch ?? {};
    const steps = stepsOf(await explainCall({ ...call, prefetch }, deps));
    const unknown = Object.values(steps).filter(({ state }) => state === 'unknown');
    expect(unknown.map(({ name }) => name)).toEqual(ladder.map(({ name }) => name));
  });
});
