import { type Kysely, type Migration, sql } from 'kysely'

/** Roles, second factors, and the browsers that admins have signed in with. */
export const accounts: Migration = {
  async up(db: Kysely<unknown>) {
    // Those who were there before could do everything.
    await db.schema
      .alterTable('admins')
      .addColumn('role', 'text', column =>
        column.notNull().defaultTo('owner').check(sql`role in ('owner', 'admin', 'read-only')`),
      )
      .execute()
    await db.schema
      .createTable('second_factors')
      .addColumn('admin_id', 'integer', column => column.primaryKey().references('admins.id').onDelete('cascade'))
      .addColumn('sealed_secret', 'text', column => column.notNull())
      .addColumn('confirmed_at', 'integer')
      .addColumn('latest_step', 'integer', column => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createTable('recovery_codes')
      .addColumn('code_hash', 'text', column => column.primaryKey())
      .addColumn('admin_id', 'integer', column => column.notNull().references('admins.id').onDelete('cascade'))
      .execute()
    await db.schema.createIndex('recovery_codes_admin').on('recovery_codes').column('admin_id').execute()
    await db.schema
      .createTable('known_browsers')
      .addColumn('token_hash', 'text', column => column.primaryKey())
      .addColumn('admin_id', 'integer', column => column.notNull().references('admins.id').onDelete('cascade'))
      .addColumn('seen_at', 'integer', column => column.notNull())
      .execute()
    await db.schema.createIndex('known_browsers_admin').on('known_browsers').column('admin_id').execute()
    await db.schema.createIndex('known_browsers_seen').on('known_browsers').column('seen_at').execute()
    await db.schema
      .alterTable('sessions')
      .addColumn('awaits_code', 'integer', column => column.notNull().defaultTo(0))
      .execute()
  },
}
