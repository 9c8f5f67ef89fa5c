import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely, Selectable } from 'kysely';
import { cardsOf, timeOf } from './rows.ts';
import type { DecisionRow, FeedbackRow, Schema } from './schema.ts';
import type { KeptDecision, KeptFeedback, Period, Showing } from './store.ts';

/** Rows of one query: few enough that the embedded engine, which reads on the event loop, keeps no call waiting. */
const PAGE = 200;

/** Runs one query, or the few that belong together. */
export type Read = <T>(work: (db: Kysely<Schema>) => Promise<T>) => Promise<T>;

/** Where a page ended. */
interface Mark {
  readonly time: number;
  readonly id: string;
}

/** Decisions of a period, each with its cards, by time and id. */
export const readDecisions = (read: Read, period: Period): AsyncGenerator<KeptDecision> =>
  eachPage(
    (after) => read((db) => decisionPage(db, period, after)),
    ({ time, id }) => ({ time: time.getTime(), id }),
  );

/** Feedback received in a period, each with the showing it is about, by time of receipt and id. */
export const readFeedback = (read: Read, period: Period): AsyncGenerator<KeptFeedback> =>
  eachPage(
    (after) => read((db) => feedbackPage(db, period, after)),
    ({ received, id }) => ({ time: received.getTime(), id }),
  );

/** Others get their turn between two pages. */
async function* eachPage<T>(
  fetch: (after: Mark | undefined) => Promise<readonly T[]>,
  markOf: (last: T) => Mark,
): AsyncGenerator<T> {
  for (let after: Mark | undefined; ; ) {
    const page = await fetch(after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = markOf(last);
    await nextTurn();
  }
}

async function decisionPage(db: Kysely<Schema>, { since, until }: Period, after?: Mark): Promise<KeptDecision[]> {
  const from = after?.time ?? since.getTime();
  const rows = await db
    .selectFrom('decision')
    .selectAll()
    .where('time', '>=', from)
    .where('time', '<', until.getTime())
    .$if(after !== undefined, (query) =>
      query.where((is) => is.or([is('time', '>', from), is('id', '>', after?.id ?? '')])),
    )
    .orderBy('time')
    .orderBy('id')
    .limit(PAGE)
    .execute();
  return rows.map(decisionOf);
}

async function feedbackPage(db: Kysely<Schema>, { since, until }: Period, after?: Mark): Promise<KeptFeedback[]> {
  const from = after?.time ?? since.getTime();
  const rows = await db
    .selectFrom('feedback')
    .selectAll()
    .where('received', '>=', from)
    .where('received', '<', until.getTime())
    .$if(after !== undefined, (query) =>
      query.where((is) => is.or([is('received', '>', from), is('id', '>', after?.id ?? '')])),
    )
    .orderBy('received')
    .orderBy('id')
    .limit(PAGE)
    .execute();
  const showings = await showingsOf(
    db,
    rows.map(({ card }) => card),
  );
  return rows.map((row) => feedbackOf(row, showings.get(addressOf(row.client, row.tenant, row.card))));
}

const addressOf = (client: string, tenant: string, uuid: string): string => JSON.stringify([client, tenant, uuid]);

/** The first showing of each card, by client, tenant and uuid. */
async function showingsOf(db: Kysely<Schema>, uuids: readonly string[]): Promise<Map<string, Showing>> {
  const showings = new Map<string, Showing>();
  if (uuids.length === 0) return showings;
  const rows = await db
    .selectFrom('decision')
    .select(['uuid', 'cards', 'client', 'tenant', 'hook', 'hook_instance', 'time'])
    .where('uuid', 'in', [...new Set(uuids)])
    .orderBy('time', 'desc')
    .orderBy('id', 'desc')
    .execute();
  for (const { uuid, cards, client, tenant, hook, hook_instance, time } of rows) {
    const shown = cardsOf({ cards }).find((one) => one.uuid !== undefined);
    if (shown === undefined) continue;
    const { card, version, orderClass } = shown;
    const showing = { time: new Date(time), hook, hookInstance: hook_instance, card, version, orderClass };
    showings.set(addressOf(client, tenant, uuid ?? ''), showing);
  }
  return showings;
}

function decisionOf(row: Selectable<DecisionRow>): KeptDecision {
  const { id, time, client, tenant, hook, service, knowledge, patient, failure } = row;
  return {
    id,
    time: new Date(time),
    hookInstance: row.hook_instance,
    client,
    tenant,
    hook,
    service,
    knowledge,
    patientHmac: patient,
    orderClasses: JSON.parse(row.order_classes) as string[],
    ...(failure !== null && { failure }),
    cards: cardsOf(row),
    timings: JSON.parse(row.timings) as Record<string, number>,
  };
}

function feedbackOf(row: Selectable<FeedbackRow>, showing: Showing | undefined): KeptFeedback {
  const { id, card, client, tenant, reason_code, reason_system, comment } = row;
  return {
    id,
    card,
    client,
    tenant,
    outcome: row.outcome as KeptFeedback['outcome'],
    accepted: JSON.parse(row.accepted) as string[],
    ...(reason_code !== null && {
      reason: { code: reason_code, ...(reason_system !== null && { system: reason_system }) },
    }),
    ...(comment !== null && { comment }),
    answered: new Date(row.answered),
    said: new Date(timeOf(row.outcome_timestamp) ?? row.answered),
    received: new Date(row.received),
    ...(showing !== undefined && { showing }),
  };
}
