import { type Kysely, type Migration, sql } from 'kysely'

/** Setup links and their mails; sessions that say whose they are. Admins sign in anew after it. */
export const rollout: Migration = {
  async up(db: Kysely<unknown>) {
    const table = (name: string) =>
      db.schema.createTable(name).addColumn('id', 'integer', column => column.primaryKey().autoIncrement())

    await table('setup_links')
      .addColumn('employee_id', 'integer', column => column.notNull().references('employees.id'))
      .addColumn('token_hash', 'text', column => column.notNull().unique())
      .addColumn('nonce', 'text', column => column.notNull())
      .addColumn('created_at', 'integer', column => column.notNull())
      .addColumn('created_by', 'text', column => column.notNull())
      .addColumn('expires_at', 'integer', column => column.notNull())
      .addColumn('ended', 'text', column =>
        column.check(sql`ended in ('used', 'replaced', 'PIN set', 'PIN removed', 'undelivered')`),
      )
      .addColumn('ended_at', 'integer')
      .addCheckConstraint('setup_links_ended_at', sql`(ended is null) = (ended_at is null)`)
      .execute()
    await db.schema.createIndex('setup_links_employee').on('setup_links').columns(['employee_id', 'id']).execute()
    await db.schema
      .createIndex('setup_links_one_out')
      .on('setup_links')
      .column('employee_id')
      .unique()
      .where(sql.ref('ended'), 'is', null)
      .execute()

    await table('mailings')
      .addColumn('started_at', 'integer', column => column.notNull())
      .addColumn('started_by', 'text', column => column.notNull())
      .execute()

    await table('mail_outbox')
      .addColumn('setup_link_id', 'integer', column => column.notNull().unique().references('setup_links.id'))
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
      .execute()
    await db.schema
      .createIndex('mail_outbox_due')
      .on('mail_outbox')
      .columns(['state', 'next_attempt_at', 'id'])
      .execute()
    await db.schema.createIndex('mail_outbox_mailing').on('mail_outbox').columns(['mailing_id', 'state']).execute()

    await db.schema.createIndex('audit_events_employee').on('audit_events').columns(['employee_id', 'id']).execute()

    await db.schema.dropTable('sessions').execute()
    await table('sessions')
      .addColumn('id_hash', 'text', column => column.notNull().unique())
      .addColumn('admin_id', 'integer', column => column.notNull().references('admins.id').onDelete('cascade'))
      .addColumn('notice', 'text')
      .addColumn('signed_in_at', 'integer', column => column.notNull())
      .addColumn('seen_at', 'integer', column => column.notNull())
      .addColumn('browser', 'text')
      .addColumn('address', 'text')
      .addColumn('expires_at', 'integer', column => column.notNull())
      .execute()
    await db.schema.createIndex('sessions_admin').on('sessions').column('admin_id').execute()
  },
}
