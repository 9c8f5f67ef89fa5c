import type { Feedback } from '../../src/cds-hooks/types.ts';
import type { Knowledge } from '../../src/knowledge/types.ts';
import { uuidOf } from '../../src/render/uuid.ts';
import type { CardRecord, Disposition, Store } from '../../src/store/store.ts';

const DAY = 86_400_000;
const CLIENTS = [
  { client: 'north-hospital', tenant: 'orthopaedics', silent: false, busy: 0.6 },
  { client: 'lakeside-clinic', tenant: '', silent: false, busy: 0.3 },
  { client: 'south-hospital', tenant: '', silent: true, busy: 0.25 },
];

/** How doctors take a card: a part of those shown is answered, a part of those accepted; reasons are the most given first. */
interface Habit {
  readonly card: string;
  readonly often: number;
  readonly answered: number;
  readonly accepted: number;
  readonly reasons: readonly string[];
}

const HABITS: readonly Habit[] = [
  {
    card: 'trochanteric-injection',
    often: 9,
    answered: 0.82,
    accepted: 0.46,
    reasons: ['rehab-not-possible', 'shared-decision', 'rehab-done-elsewhere', 'prior-response', 'access'],
  },
  {
    card: 'epidural-radicular',
    often: 7,
    answered: 0.74,
    accepted: 0.06,
    reasons: ['severe-radicular', 'severe-radicular', 'disagree', 'shared-decision'],
  },
  {
    card: 'discectomy',
    often: 4,
    answered: 0.8,
    accepted: 0.31,
    reasons: ['rehab-done-elsewhere', 'neuro-deficit', 'rehab-done-elsewhere', 'shared-decision'],
  },
  {
    card: 'fusion-degenerative',
    often: 2,
    answered: 0.7,
    accepted: 0.22,
    reasons: ['structural', 'shared-decision', ''],
  },
  {
    card: 'stenosis-decompression',
    often: 3,
    answered: 0.66,
    accepted: 0.35,
    reasons: ['access', 'shared-decision', 'structural'],
  },
  { card: 'early-lumbar-mri', often: 3, answered: 0, accepted: 0, reasons: [] },
];

/** The same numbers between 0 and 1 every time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Fills a store with some weeks of a believable practice, ending at `now`: for looking at the pages, and for their specs. */
export async function seed(store: Store, knowledge: Knowledge, now: Date, weeks = 14, callsADay = 12): Promise<void> {
  const roll = dice(20_261_124);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(roll() * list.length)];
  const table = HABITS.flatMap((habit) => Array.from({ length: habit.often }, () => habit));
  const answers = new Map<string, Feedback[]>();
  for (let number = 0; number < weeks * 5 * callsADay; number += 1) {
    const age = roll() * weeks * 7 * DAY;
    const time = new Date(now.getTime() - age - 60_000);
    if ([0, 6].includes(time.getUTCDay())) continue;
    const caller = CLIENTS.find(({ busy }) => roll() < busy) ?? CLIENTS[0];
    const habit = pick(table);
    const card = knowledge.cards.find(({ id }) => id === habit?.card);
    if (caller === undefined || habit === undefined || card === undefined) continue;
    const { client, tenant } = caller;
    const hookInstance = uuidOf('seed', String(number));
    const fires = roll() < 0.58;
    const disposition = dispositionOf(card.status, caller.silent, roll());
    const uuid = uuidOf(client, tenant, hookInstance);
    const record: CardRecord = {
      card: card.id,
      version: age > 45 * DAY && card.id === 'trochanteric-injection' ? '0.9.0' : card.version,
      orderClass: card.orderClass.name,
      verdict: fires ? 'fires' : roll() < 0.3 ? 'silent' : 'fails',
      ...(fires && { disposition, outcome: card.outcomes[0]?.id ?? '', indicator: 'warning' }),
      ...(fires && disposition === 'shown' && { uuid }),
      references: ['Condition/seed'],
    };
    const failed = roll() < 0.02;
    await store.recordDecision({
      client,
      tenant,
      time,
      hookInstance,
      hook: roll() < 0.7 ? 'order-select' : 'order-sign',
      service: 'rehab-first-order-select',
      knowledge: knowledge.revision,
      patient: `patient-${number % 997}`,
      orderClasses: [card.orderClass.name],
      ...(failed && { failure: 'chart-incomplete' }),
      cards: failed ? [] : [record],
      timings: { chart: 12, judge: 1 },
    });
    if (failed || record.uuid === undefined || roll() > habit.answered) continue;
    const seconds = 3 + 40 * roll() ** 3 + (roll() < 0.06 ? 4000 : 0);
    const outcomeTimestamp = new Date(Math.min(time.getTime() + seconds * 1000, now.getTime())).toISOString();
    const suggestion = pick(card.outcomes.flatMap(({ suggestions }) => suggestions))?.name ?? '';
    const code = pick(habit.reasons) ?? '';
    const item: Feedback =
      roll() < habit.accepted
        ? { card: uuid, outcome: 'accepted', acceptedSuggestions: [{ id: uuidOf(uuid, suggestion) }], outcomeTimestamp }
        : {
            card: uuid,
            outcome: 'overridden',
            ...(code !== '' && { overrideReason: { reason: { code } } }),
            outcomeTimestamp,
          };
    const key = JSON.stringify({ client, tenant });
    answers.set(key, [...(answers.get(key) ?? []), item]);
  }
  await store.flush();
  for (const [caller, items] of answers) await store.recordFeedback(items, JSON.parse(caller) as (typeof CLIENTS)[0]);
  await store.recordFeedback([{ card: uuidOf('nobody'), outcome: 'overridden', outcomeTimestamp: now.toISOString() }], {
    client: 'north-hospital',
    tenant: '',
  });
}

function dispositionOf(status: string, silent: boolean, roll: number): Disposition {
  if (status === 'draft') return 'draft';
  if (roll < 0.1) return 'quiet';
  if (silent) return 'silent';
  return roll < 0.14 ? 'arbitrated' : 'shown';
}
