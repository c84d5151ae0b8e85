import { type Kysely, type Migration, sql } from 'kysely'

/** What calls tell of where they come from: the signature of the number, whether it is new, and places with a name. */
export const callers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('calls')
      .addColumn('attestation', 'text', column => column.check(sql`attestation in ('A', 'B', 'C', 'failed')`))
      .execute()
    await db.schema
      .alterTable('calls')
      .addColumn('number_is_new', 'integer', column => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createTable('clock_locations')
      .addColumn('id', 'integer', column => column.primaryKey().autoIncrement())
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('number', 'text', column => column.notNull().unique())
      .addColumn('created_at', 'integer', column => column.notNull())
      .addColumn('created_by', 'text', column => column.notNull())
      .execute()
  },
}
