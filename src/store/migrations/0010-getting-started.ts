import { type Kysely, type Migration, sql } from 'kysely'

/** What shows whether the clock works from end to end: what was wrong with a call, which number it was for, and test mails. */
export const gettingStarted: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('calls')
      .addColumn('trouble', 'text', column => column.check(sql`trouble in ('no-sound', 'no-sign', 'no-keys')`))
      .execute()
    await db.schema.alterTable('calls').addColumn('dialled_number', 'text').execute()
    await rebuildMailOutbox(db)
  },
}

/** Test mails wait there too. SQLite can't change a constraint. */
async function rebuildMailOutbox(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('mail_outbox_rebuilt')
    .addColumn('id', 'integer', column => column.primaryKey().autoIncrement())
    .addColumn('setup_link_id', 'integer', column => column.unique().references('setup_links.id'))
    .addColumn('alarm_id', 'integer', column => column.references('alarms.id'))
    .addColumn('test_by', 'text')
    .addColumn('mailing_id', 'integer', column => column.references('mailings.id'))
    .addColumn('address', 'text', column => column.notNull())
    .addColumn('state', 'text', column =>
      column
        .notNull()
        .defaultTo('waiting')
        .check(sql`state in ('waiting', 'handing-over', 'sent', 'failed', 'cancelled', 'unconfirmed')`),
    )
    .addColumn('queued_at', 'integer', column => column.notNull())
    .addColumn('attempts', 'integer', column => column.notNull().defaultTo(0))
    .addColumn('next_attempt_at', 'integer', column => column.notNull())
    .addColumn('fault', 'text')
    .addColumn('settled_at', 'integer')
    .addCheckConstraint(
      'mail_outbox_of_what',
      sql`(setup_link_id is not null) + (alarm_id is not null) + (test_by is not null) = 1`,
    )
    .execute()
  await sql`insert into mail_outbox_rebuilt (id, setup_link_id, alarm_id, mailing_id, address, state, queued_at, attempts,
      next_attempt_at, fault, settled_at)
    select id, setup_link_id, alarm_id, mailing_id, address, state, queued_at, attempts, next_attempt_at, fault, settled_at
    from mail_outbox`.execute(db)
  await db.schema.dropTable('mail_outbox').execute()
  await db.schema.alterTable('mail_outbox_rebuilt').renameTo('mail_outbox').execute()
  await db.schema.createIndex('mail_outbox_due').on('mail_outbox').columns(['state', 'next_attempt_at', 'id']).execute()
  await db.schema.createIndex('mail_outbox_mailing').on('mail_outbox').columns(['mailing_id', 'state']).execute()
  await db.schema
    .createIndex('mail_outbox_tests')
    .on('mail_outbox')
    .column('id')
    .where(sql.ref('test_by'), 'is not', null)
    .execute()
}
