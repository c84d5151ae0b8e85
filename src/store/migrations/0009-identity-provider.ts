import { type Kysely, type Migration, sql } from 'kysely'

/** Admins who sign in through an identity provider, who need no password here. */
export const identityProvider: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('admins').addColumn('issuer', 'text').execute()
    await db.schema.alterTable('admins').addColumn('subject', 'text').execute()
    await db.schema
      .alterTable('admins')
      .addColumn('may_connect', 'integer', column => column.notNull().defaultTo(0))
      .execute()
    await db.schema.createIndex('admins_identity').unique().on('admins').columns(['issuer', 'subject']).execute()
    // The column could not be null, and its table can't be made anew: sessions and second factors would go with the old one.
    await db.schema.alterTable('admins').renameColumn('password_hash', 'given_password_hash').execute()
    await db.schema.alterTable('admins').addColumn('password_hash', 'text').execute()
    await sql`update admins set password_hash = given_password_hash`.execute(db)
    await db.schema.alterTable('admins').dropColumn('given_password_hash').execute()
    // A session through the provider is not extended: whoever was removed there is out within its length.
    await db.schema
      .alterTable('sessions')
      .addColumn('through_provider', 'integer', column => column.notNull().defaultTo(0))
      .execute()
  },
}
