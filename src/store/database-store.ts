import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { Caller, Feedback } from '../cds-hooks/types.ts';
import { Unavailable } from '../errors.ts';
import type { Engine } from './engine.ts';
import { Health } from './health.ts';
import { hmacOf } from './patient-key.ts';
import { BatchQueue, type QueueLimits } from './queue.ts';
import { newId } from './random.ts';
import { readDecisions, readFeedback } from './read.ts';
import { removeAbout, removeDecisionsAbout, removeOldDecisions, removeOldFeedback, removeOldJtis } from './removal.ts';
import { type About, aboutOf, key, rowOfDecision, rowOfFeedback } from './rows.ts';
import type { DecisionRow, FeedbackRow, Schema } from './schema.ts';
import type { AnsweredQuery, DecisionRecord, KeptDecision, KeptFeedback, Period, Removed, Store } from './store.ts';

const QUEUE: QueueLimits = { maxWaiting: 10_000, maxBatch: 200, delayMs: 50 };
/** Rows of one insert: PostgreSQL takes 65535 values, SQLite 32766. */
const MAX_ROWS = 1000;
const MS_PER_DAY = 86_400_000;
/** Cards of which it is remembered that feedback waits for their decision. */
const MOST_AWAITED = 10_000;

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
  readonly #queue: BatchQueue<DecisionRow> | undefined;
  #prepared: Promise<void> | undefined;
  readonly #underWay = new Set<Promise<unknown>>();
  /** Cards that feedback has come for, and no decision. */
  readonly #awaited = new Set<string>();
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
    const row = rowOfDecision(newId(), this.patientHmac(record), record);
    if (this.#queue === undefined) return this.#send([row]);
    if (this.#closing !== undefined) throw new Unavailable('The store is closed.');
    if (!this.#queue.add(row)) {
      throw new Unavailable(`${QUEUE.maxWaiting} decisions already wait for the database; this one is not kept.`);
    }
  }

  async recordFeedback(items: readonly Feedback[], from: Caller): Promise<void> {
    if (items.length === 0) return;
    await this.flush(); // the decision that an item answers may still be waiting
    await this.#run(async () => {
      const { patientKey: secret, keepComments, clock } = this.#parts;
      const known = await this.#knownCards(new Set(items.map(({ card }) => key(card))), from);
      const context = { ...from, received: clock(), secret, keepComments, known };
      const rows = items.map((item) => rowOfFeedback(item, context));
      const distinct = [...new Map(rows.map((row) => [row.id, row])).values()];
      await this.#engine.writeDurably((db) => chunks(distinct).map((some) => insertFeedback(db, some).compile()));
      const unknown = rows.flatMap(({ card, known: isKnown }) => (isKnown === 0 ? [card] : []));
      for (const card of unknown) if (this.#awaited.size < MOST_AWAITED) this.#awaited.add(card);
      await this.#place(unknown).catch(() => undefined); // it is kept all the same
    });
  }

  async answeredWithin(query: AnsweredQuery): Promise<boolean> {
    const patient = this.patientHmac(query);
    return this.#run(() =>
      this.#engine.finds((db) =>
        db
          .selectFrom('feedback')
          .select('id')
          .where('patient', '=', patient)
          .where('order_class', '=', query.orderClass)
          .$if(query.card !== undefined, (answers) => answers.where('shown_card', '=', query.card ?? ''))
          .where('answered', '>=', query.since.getTime())
          .limit(1)
          .compile(),
      ),
    );
  }

  async insertJti(issuer: string, jti: string, expires: Date): Promise<boolean> {
    const row = { issuer: key(issuer), jti: key(jti), expires: expires.getTime() };
    const now = this.#parts.clock().getTime();
    const changed = await this.#run(() =>
      this.#engine.change((db) =>
        db
          .insertInto('seen_jti')
          .values(row)
          .onConflict((old) =>
            old.columns(['issuer', 'jti']).doUpdateSet({ expires: row.expires }).where('seen_jti.expires', '<', now),
          )
          .compile(),
      ),
    );
    return changed > 0;
  }

  async sweep(now: Date, retentionDays: number): Promise<Removed> {
    const oldest = now.getTime() - retentionDays * MS_PER_DAY;
    const decisions = await this.#inBatches((db) => removeOldDecisions(db, oldest));
    const feedback = await this.#inBatches((db) => removeOldFeedback(db, oldest));
    const jtis = await this.#inBatches((db) => removeOldJtis(db, now.getTime()));
    return { decisions, feedback, jtis };
  }

  async erasePatient(hmac: string): Promise<Removed> {
    await this.flush();
    const about = () => this.#inBatches((db) => removeAbout(db, hmac));
    let feedback = await about();
    const decisions = await this.#inBatches(async (db) => {
      const removed = await removeDecisionsAbout(db, hmac);
      feedback += removed.feedback;
      return removed.decisions;
    });
    feedback += await about(); // what came in the meantime
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
  async #send(batch: readonly DecisionRow[]): Promise<void> {
    try {
      await this.#run(() => this.#insertDecisions(batch));
    } catch (error) {
      if (!this.#engine.isAboutData((error as Error).cause)) throw error;
      if (batch.length === 1) return this.#parts.report(`A decision is lost. ${(error as Error).message}`);
      for (const one of batch) await this.#send([one]);
      return;
    }
    const shown = batch.flatMap(({ uuid }) => uuid ?? []);
    const wanted = this.#engine.isRemote ? shown : shown.filter((card) => this.#awaited.delete(card));
    // in the background, as nobody waits for it; an answer that does not find its decision now finds it when it is sent again
    if (wanted.length > 0) void this.#run(() => this.#place(wanted)).catch(() => undefined);
  }

  /** Sent again after a lost answer, rows that are already there stay as they are. */
  async #insertDecisions(batch: readonly DecisionRow[]): Promise<void> {
    await this.#engine.change((db) =>
      db
        .insertInto('decision')
        .values(batch)
        .onConflict((old) => old.doNothing())
        .compile(),
    );
  }

  /** Those of the cards that this caller was shown, by uuid. */
  async #knownCards(cards: ReadonlySet<string>, { client, tenant }: Caller): Promise<Map<string, About>> {
    const known = new Map<string, About>();
    for (const card of cards) {
      const row = await this.#engine.read((db) =>
        db
          .selectFrom('decision')
          .select(['patient', 'cards'])
          .where('uuid', '=', card)
          .where('client', '=', key(client))
          .where('tenant', '=', key(tenant))
          .limit(1)
          .executeTakeFirst(),
      );
      if (row !== undefined) known.set(card, aboutOf(row));
    }
    return known;
  }

  /**
   * Feedback may come before the decision is in the database: to another replica, or after a failure. Whichever of the two is written
   * last finds the other.
   */
  async #place(cards: readonly string[]): Promise<void> {
    if (cards.length === 0) return;
    const homeless = await this.#engine.read((db) =>
      db
        .selectFrom('feedback')
        .select(['id', 'card', 'client', 'tenant'])
        .where('card', 'in', cards)
        .where('patient', 'is', null)
        .limit(MAX_ROWS)
        .execute(),
    );
    for (const { id, card, client, tenant } of homeless) {
      const about = (await this.#knownCards(new Set([card]), { client, tenant })).get(card);
      if (about === undefined) continue;
      await this.#engine.write((db) =>
        db
          .updateTable('feedback')
          .set({ ...about, known: 1 })
          .where('id', '=', id)
          .execute(),
      );
    }
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

/** Items that are there already count once; they take over what they are about, if that was not known then. */
const insertFeedback = (db: Kysely<Schema>, rows: readonly FeedbackRow[]) =>
  db
    .insertInto('feedback')
    .values(rows)
    .onConflict((old) =>
      old
        .column('id')
        .doUpdateSet((row) => ({
          patient: row.ref('excluded.patient'),
          order_class: row.ref('excluded.order_class'),
          shown_card: row.ref('excluded.shown_card'),
          known: row.ref('excluded.known'),
        }))
        .where('feedback.patient', 'is', null),
    );
