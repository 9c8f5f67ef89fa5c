import { type Kysely, type Migration, Migrator } from 'kysely';
import type { Schema } from './schema.ts';

const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': { up: createFirstTables },
  '0002-one-row-a-decision': { up: joinCards },
};

/** Brings the tables up to date. Safe when several processes do it at once: one migrates, the others wait and find it done. */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

// biome-ignore lint/suspicious/noExplicitAny: a migration must not depend on today's tables
async function createFirstTables(db: Kysely<any>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('decision')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('time', 'bigint', (column) => column.notNull())
    .addColumn('hook_instance', 'text', (column) => column.notNull())
    .addColumn('client', 'text', (column) => column.notNull())
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('hook', 'text', (column) => column.notNull())
    .addColumn('service', 'text', (column) => column.notNull())
    .addColumn('knowledge', 'text', (column) => column.notNull())
    .addColumn('patient', 'text', (column) => column.notNull())
    .addColumn('order_classes', 'text', (column) => column.notNull())
    .addColumn('failure', 'text')
    .addColumn('timings', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('decision_time').on('decision').column('time').execute();
  await schema.createIndex('decision_patient').on('decision').column('patient').execute();

  await schema
    .createTable('decision_card')
    .addColumn('decision', 'text', (column) => column.notNull().references('decision.id'))
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('card', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('order_class', 'text', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('silenced_by', 'text')
    .addColumn('outcome', 'text')
    .addColumn('indicator', 'text')
    .addColumn('disposition', 'text')
    .addColumn('uuid', 'text')
    .addColumn('evidence', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('decision_card_key', ['decision', 'position'])
    .execute();
  await schema.createIndex('decision_card_uuid').on('decision_card').column('uuid').execute();

  await schema
    .createTable('feedback')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('card', 'text', (column) => column.notNull())
    .addColumn('client', 'text', (column) => column.notNull())
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('accepted', 'text', (column) => column.notNull())
    .addColumn('reason_system', 'text')
    .addColumn('reason_code', 'text')
    .addColumn('comment', 'text')
    .addColumn('outcome_timestamp', 'text', (column) => column.notNull())
    .addColumn('answered', 'bigint', (column) => column.notNull())
    .addColumn('received', 'bigint', (column) => column.notNull())
    .addColumn('known', 'integer', (column) => column.notNull())
    .execute();
  await schema.createIndex('feedback_card').on('feedback').column('card').execute();
  await schema.createIndex('feedback_received').on('feedback').column('received').execute();

  await schema
    .createTable('seen_jti')
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('jti', 'text', (column) => column.notNull())
    .addColumn('expires', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('seen_jti_key', ['issuer', 'jti'])
    .execute();
  await schema.createIndex('seen_jti_expires').on('seen_jti').column('expires').execute();

  await schema
    .createTable('property')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

/** Rows of one step of a migration. */
const STEP = 500;

/** The cards of a decision go into its row, and feedback takes over what it is about. */
// biome-ignore lint/suspicious/noExplicitAny: a migration must not depend on today's tables
async function joinCards(db: Kysely<any>): Promise<void> {
  const { schema } = db;
  await schema
    .alterTable('decision')
    .addColumn('cards', 'text', (column) => column.notNull().defaultTo('[]'))
    .execute();
  await schema.alterTable('decision').addColumn('uuid', 'text').execute();
  await schema.createIndex('decision_uuid').on('decision').column('uuid').execute();
  for (const column of ['patient', 'order_class', 'shown_card'])
    await schema.alterTable('feedback').addColumn(column, 'text').execute();
  await schema.createIndex('feedback_patient').on('feedback').columns(['patient', 'order_class', 'answered']).execute();

  for (let after = ''; ; ) {
    const decisions = await db
      .selectFrom('decision')
      .select(['id', 'client', 'tenant', 'patient'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(STEP)
      .execute();
    for (const { id, client, tenant, patient } of decisions) {
      const rows = await db
        .selectFrom('decision_card')
        .selectAll()
        .where('decision', '=', id)
        .orderBy('position')
        .execute();
      const shown = rows.find(({ uuid }) => uuid !== null);
      const cards = rows.map((row) => ({
        card: row.card,
        version: row.version,
        orderClass: row.order_class,
        verdict: row.verdict,
        ...(row.silenced_by !== null && { silencedBy: row.silenced_by }),
        ...(row.outcome !== null && { outcome: row.outcome }),
        ...(row.indicator !== null && { indicator: row.indicator }),
        ...(row.disposition !== null && { disposition: row.disposition }),
        ...(row.uuid !== null && { uuid: row.uuid }),
        references: JSON.parse(row.evidence),
      }));
      await db
        .updateTable('decision')
        .set({ cards: JSON.stringify(cards), uuid: shown?.uuid ?? null })
        .where('id', '=', id)
        .execute();
      if (shown === undefined) continue;
      await db
        .updateTable('feedback')
        .set({ patient, order_class: shown.order_class, shown_card: shown.card })
        .where('card', '=', shown.uuid)
        .where('client', '=', client)
        .where('tenant', '=', tenant)
        .execute();
    }
    if (decisions.length < STEP) break;
    after = decisions[decisions.length - 1]?.id;
  }
  await schema.dropTable('decision_card').execute();
}
