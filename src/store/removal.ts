import { sql, type Transaction } from 'kysely';
import type { DecisionRow, Schema } from './schema.ts';

/** Rows of one transaction of removal. Each function removes as many at most, and gives how many there were: none when it is done. */
const MOST_ROWS = 500;

/** Decisions before `oldest`, in milliseconds. */
export async function removeOldDecisions(db: Transaction<Schema>, oldest: number): Promise<number> {
  const old = db.selectFrom('decision').select('id').where('time', '<', oldest).limit(MOST_ROWS);
  const { numDeletedRows } = await db.deleteFrom('decision').where('id', 'in', old).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Feedback that was received before `oldest`, in milliseconds. */
export async function removeOldFeedback(db: Transaction<Schema>, oldest: number): Promise<number> {
  const old = db.selectFrom('feedback').select('id').where('received', '<', oldest).limit(MOST_ROWS);
  const { numDeletedRows } = await db.deleteFrom('feedback').where('id', 'in', old).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Ids of tokens that expired before `now`, in milliseconds. */
export async function removeOldJtis(db: Transaction<Schema>, now: number): Promise<number> {
  const old = sql`select issuer, jti from seen_jti where expires < ${now} limit ${MOST_ROWS}`;
  const { numAffectedRows } = await sql`delete from seen_jti where (issuer, jti) in (${old})`.execute(db);
  return Number(numAffectedRows);
}

/** Feedback about a patient. */
export async function removeAbout(db: Transaction<Schema>, patient: string): Promise<number> {
  const some = db.selectFrom('feedback').select('id').where('patient', '=', patient).limit(MOST_ROWS);
  const { numDeletedRows } = await db.deleteFrom('feedback').where('id', 'in', some).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Decisions about a patient, and the feedback on their cards. */
export async function removeDecisionsAbout(
  db: Transaction<Schema>,
  patient: string,
): Promise<{ readonly decisions: number; readonly feedback: number }> {
  const some = await db
    .selectFrom('decision')
    .select(['id', 'uuid', 'client', 'tenant'])
    .where('patient', '=', patient)
    .limit(MOST_ROWS)
    .execute();
  if (some.length === 0) return { decisions: 0, feedback: 0 };
  const feedback = await removeAnswersTo(db, some);
  const ids = some.map(({ id }) => id);
  await db.deleteFrom('decision').where('id', 'in', ids).execute();
  return { decisions: ids.length, feedback };
}

/** Removes feedback on the cards of decisions, which are about one patient and so of one client and tenant. */
async function removeAnswersTo(
  db: Transaction<Schema>,
  decisions: readonly Pick<DecisionRow, 'uuid' | 'client' | 'tenant'>[],
): Promise<number> {
  const cards = decisions.flatMap(({ uuid }) => uuid ?? []);
  const [first] = decisions;
  if (first === undefined || cards.length === 0) return 0;
  const { numDeletedRows } = await db
    .deleteFrom('feedback')
    .where('card', 'in', cards)
    .where('client', '=', first.client)
    .where('tenant', '=', first.tenant)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
