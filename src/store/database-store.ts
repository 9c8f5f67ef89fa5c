import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Caller, Feedback } from '../cds-hooks/types.ts';
import { Unavailable } from '../errors.ts';
import type { Engine } from './engine.ts';
import { Health } from './health.ts';
import { hmacOf } from './patient-key.ts';
import { BatchQueue, type QueueLimits } from './queue.ts';
import { newId } from './random.ts';
import { readDecisions, readFeedback } from './read.ts';
import { type DecisionRows, key, rowOfFeedback, rowsOfDecision } from './rows.ts';
import type { Schema } from './schema.ts';
import type { AnsweredQuery, DecisionRecord, KeptDecision, KeptFeedback, Period, Removed, Store } from './store.ts';

const QUEUE: QueueLimits = { maxWaiting: 10_000, maxBatch: 200, delayMs: 50 };
/** Rows of one insert: PostgreSQL takes 65535 values, SQLite 32766. */
const MAX_ROWS = 1000;
/** Rows of one transaction of removal. */
const SWEEP_ROWS = 500;
const MS_PER_DAY = 86_400_000;

/** What a store is made of beside its database. */
export interface StoreParts {
  readonly patientKey: Buffer;
  readonly keepComments: boolean;
  readonly clock: () => Date;
  /** Told in a sentence, without patient data, what goes wrong in the background and when it is over. */
  readonly report: (sentence: string) => void;
}

/** The store over either engine. */
export class DatabaseStore implements Store {
  readonly #engine: Engine;
  readonly #parts: StoreParts;
  readonly #health: Health;
  readonly #queue: BatchQueue<DecisionRows> | undefined;
  #prepared: Promise<void> | undefined;
  readonly #underWay = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(engine: Engine, parts: StoreParts) {
    this.#engine = engine;
    this.#parts = parts;
    this.#health = new Health(engine, {
      probe: () => this.#probe(),
      recovered: () => void this.flush().catch(() => undefined),
      report: parts.report,
    });
    if (engine.isRemote) this.#queue = new BatchQueue((batch) => this.#send(batch), QUEUE);
  }

  /**
   * Migrates, and checks the patient key. A server that is away is tried again in the background.
   *
   * @throws Unavailable when waiting will not help: another key, no such database, a file that cannot be opened
   */
  async start(): Promise<void> {
    try {
      await this.#run(() => this.#prepare());
    } catch (error) {
      const { cause = error } = error as Error;
      if (cause instanceof WrongKey || this.#engine.isMisconfigured(cause)) throw error;
    }
  }

  get lastError(): string | undefined {
    return this.#health.lastError;
  }

  isHealthy(): boolean {
    return this.#health.isHealthy;
  }

  patientHmac({ client, tenant, patient }: Caller & { readonly patient: string }): string {
    return hmacOf(this.#parts.patientKey, 'patient', client, tenant, patient);
  }

  async recordDecision(record: DecisionRecord): Promise<void> {
    const rows = rowsOfDecision(newId(), this.patientHmac(record), record);
    if (this.#queue === undefined) return this.#run(() => this.#insertDecisions([rows]));
    if (this.#closing !== undefined) throw new Unavailable('The store is closed.');
    if (!this.#queue.add(rows)) {
      throw new Unavailable(`${QUEUE.maxWaiting} decisions already wait for the database; this one is not kept.`);
    }
  }

  async recordFeedback(items: readonly Feedback[], from: Caller): Promise<void> {
    if (items.length === 0) return;
    await this.flush(); // the decision that an item answers may still be waiting
    await this.#run(async () => {
      const { patientKey: secret, keepComments, clock } = this.#parts;
      const known = await this.#knownCards(new Set(items.map(({ card }) => key(card))), from);
      const context = { ...from, received: clock(), secret, keepComments, isKnown: (card: string) => known.has(card) };
      const rows = items.map((item) => rowOfFeedback(item, context));
      await this.#engine.writeDurably((db) =>
        chunks(rows).map((some) =>
          db
            .insertInto('feedback')
            .values(some)
            .onConflict((old) => old.doNothing())
            .compile(),
        ),
      );
    });
  }

  async answeredWithin(query: AnsweredQuery): Promise<boolean> {
    const patient = this.patientHmac(query);
    const row = await this.#read((db) =>
      db
        .selectFrom('decision')
        .innerJoin('decision_card', 'decision_card.decision', 'decision.id')
        .innerJoin('feedback', (join) =>
          join
            .onRef('feedback.card', '=', 'decision_card.uuid')
            .onRef('feedback.client', '=', 'decision.client')
            .onRef('feedback.tenant', '=', 'decision.tenant'),
        )
        .select('feedback.id')
        .where('decision.patient', '=', patient)
        .where('decision_card.order_class', '=', query.orderClass)
        .$if(query.card !== undefined, (cards) => cards.where('decision_card.card', '=', query.card ?? ''))
        .where('feedback.answered', '>=', query.since.getTime())
        .limit(1)
        .executeTakeFirst(),
    );
    return row !== undefined;
  }

  async insertJti(issuer: string, jti: string, expires: Date): Promise<boolean> {
    const row = { issuer: key(issuer), jti: key(jti), expires: expires.getTime() };
    const now = this.#parts.clock().getTime();
    const fresh = await this.#write((db) =>
      db
        .insertInto('seen_jti')
        .values(row)
        .onConflict((old) =>
          old.columns(['issuer', 'jti']).doUpdateSet({ expires: row.expires }).where('seen_jti.expires', '<', now),
        )
        .returning('jti')
        .executeTakeFirst(),
    );
    return fresh !== undefined;
  }

  async sweep(now: Date, retentionDays: number): Promise<Removed> {
    const oldest = now.getTime() - retentionDays * MS_PER_DAY;
    const decisions = await this.#inBatches(async (db) => {
      const old = await db.selectFrom('decision').select('id').where('time', '<', oldest).limit(SWEEP_ROWS).execute();
      return removeDecisions(db, old);
    });
    const feedback = await this.#inBatches(async (db) => {
      const old = db.selectFrom('feedback').select('id').where('received', '<', oldest).limit(SWEEP_ROWS);
      const { numDeletedRows } = await db.deleteFrom('feedback').where('id', 'in', old).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    });
    const jtis = await this.#inBatches(async (db) => {
      const old = sql`select issuer, jti from seen_jti where expires < ${now.getTime()} limit ${SWEEP_ROWS}`;
      const { numAffectedRows } = await sql`delete from seen_jti where (issuer, jti) in (${old})`.execute(db);
      return Number(numAffectedRows);
    });
    return { decisions, feedback, jtis };
  }

  async erasePatient(hmac: string): Promise<Removed> {
    await this.flush();
    let feedback = 0;
    const decisions = await this.#inBatches(async (db) => {
      const about = await db
        .selectFrom('decision')
        .select(['id', 'client', 'tenant'])
        .where('patient', '=', hmac)
        .limit(SWEEP_ROWS)
        .execute();
      feedback += await removeFeedback(db, about);
      return removeDecisions(db, about);
    });
    await this.#run(() => this.#engine.scrub());
    return { decisions, feedback, jtis: 0 };
  }

  async *decisions(period: Period): AsyncGenerator<KeptDecision> {
    await this.flush();
    yield* readDecisions((work) => this.#read(work), period);
  }

  async *feedback(period: Period): AsyncGenerator<KeptFeedback> {
    yield* readFeedback((work) => this.#read(work), period);
  }

  async flush(): Promise<void> {
    await this.#queue?.flush();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const flushed = await this.flush().then(
      () => undefined,
      (error: unknown) => error,
    );
    this.#health.close();
    await Promise.allSettled(this.#underWay);
    await this.#engine.close();
    if (flushed !== undefined) throw flushed;
  }

  /** Everything that touches the database goes through here. */
  async #run<T>(work: () => Promise<T>): Promise<T> {
    const running = this.#health.guard(async () => {
      await this.#prepare();
      return work();
    });
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  #read<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.#run(() => this.#engine.read(work));
  }

  #write<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.#run(() => this.#engine.write(work));
  }

  /** Transactions until one finds nothing more to do; others get their turn in between. */
  async #inBatches(work: (db: Transaction<Schema>) => Promise<number>): Promise<number> {
    for (let total = 0; ; ) {
      const count = await this.#write((db) => db.transaction().execute(work));
      if (count === 0) return total;
      total += count;
      await nextTurn();
    }
  }

  #prepare(): Promise<void> {
    this.#prepared ??= this.#setUp().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  /** One key for all: with two, replicas would neither recognise nor erase each other's patients. */
  async #setUp(): Promise<void> {
    await this.#engine.migrate();
    const mark = { name: 'patient-key', value: hmacOf(this.#parts.patientKey, 'mark') };
    const kept = await this.#engine.write((db) =>
      db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('property')
          .values(mark)
          .onConflict((old) => old.doNothing())
          .execute();
        return transaction.selectFrom('property').select('value').where('name', '=', mark.name).executeTakeFirst();
      }),
    );
    if (kept?.value !== mark.value) throw new WrongKey(`${this.#engine.name}: ${WRONG_KEY}`);
  }

  /** Carries out a write on every path there is. */
  async #probe(): Promise<void> {
    await this.#prepare();
    const value = this.#parts.clock().toISOString();
    await this.#engine.write((db) => writeProbe(db, value).execute());
    await this.#engine.writeDurably((db) => [writeProbe(db, value).compile()]);
  }

  /** Sends waiting decisions. One that the database refuses for what it holds must not keep back the others. */
  async #send(batch: readonly DecisionRows[]): Promise<void> {
    try {
      await this.#run(() => this.#insertDecisions(batch));
    } catch (error) {
      if (!this.#engine.isAboutData((error as Error).cause)) throw error;
      if (batch.length === 1) return this.#parts.report(`A decision is lost. ${(error as Error).message}`);
      for (const one of batch) await this.#send([one]);
    }
  }

  /** Sent again after a lost answer, rows that are already there stay as they are. */
  async #insertDecisions(batch: readonly DecisionRows[]): Promise<void> {
    const decisions = batch.map(({ decision }) => decision);
    const cards = chunks(batch.flatMap((rows) => rows.cards));
    await this.#engine.write((db) =>
      db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('decision')
          .values(decisions)
          .onConflict((old) => old.doNothing())
          .execute();
        for (const some of cards) {
          await transaction
            .insertInto('decision_card')
            .values(some)
            .onConflict((old) => old.doNothing())
            .execute();
        }
      }),
    );
  }

  /** Those of the cards that this caller was shown. */
  async #knownCards(cards: ReadonlySet<string>, { client, tenant }: Caller): Promise<ReadonlySet<string>> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom('decision_card')
        .innerJoin('decision', 'decision.id', 'decision_card.decision')
        .select('decision_card.uuid')
        .where('decision_card.uuid', 'in', [...cards])
        .where('decision.client', '=', key(client))
        .where('decision.tenant', '=', key(tenant))
        .execute(),
    );
    return new Set(rows.flatMap(({ uuid }) => uuid ?? []));
  }
}

const WRONG_KEY =
  'this database was written with another PATIENT_KEY. Use that key: with a new one, what is kept about a patient is not found again.';

/** Another patient key than the database was written with. */
class WrongKey extends Unavailable {}

const writeProbe = (db: Kysely<Schema>, value: string) =>
  db
    .insertInto('property')
    .values({ name: 'probe', value })
    .onConflict((old) => old.column('name').doUpdateSet({ value }));

function chunks<T>(rows: readonly T[]): T[][] {
  const count = Math.ceil(rows.length / MAX_ROWS);
  return Array.from({ length: count }, (_, index) => rows.slice(index * MAX_ROWS, (index + 1) * MAX_ROWS));
}

interface Named {
  readonly id: string;
}

async function removeDecisions(db: Transaction<Schema>, decisions: readonly Named[]): Promise<number> {
  if (decisions.length === 0) return 0;
  const ids = decisions.map(({ id }) => id);
  await db.deleteFrom('decision_card').where('decision', 'in', ids).execute();
  await db.deleteFrom('decision').where('id', 'in', ids).execute();
  return ids.length;
}

/** Feedback on the cards of decisions, which are about one patient and so of one client and tenant. */
async function removeFeedback(db: Transaction<Schema>, decisions: readonly (Named & Caller)[]): Promise<number> {
  const [first] = decisions;
  if (first === undefined) return 0;
  const cards = db
    .selectFrom('decision_card')
    .select('uuid')
    .where(
      'decision',
      'in',
      decisions.map(({ id }) => id),
    )
    .where('uuid', 'is not', null)
    .$narrowType<{ uuid: string }>();
  const { numDeletedRows } = await db
    .deleteFrom('feedback')
    .where('card', 'in', cards)
    .where('client', '=', first.client)
    .where('tenant', '=', first.tenant)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
