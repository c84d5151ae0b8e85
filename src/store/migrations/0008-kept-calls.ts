import type { Kysely, Migration } from 'kysely'

/** Calls that the PBX kept while Punchline was away: by which name, and which phone clock ID the caller keyed. */
export const keptCalls: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('unclaimed_punches').addColumn('kept_as', 'text').execute()
    await db.schema.alterTable('unclaimed_punches').addColumn('keyed_id', 'text').execute()
    // One file is taken in once, however often that is begun.
    await db.schema
      .createIndex('unclaimed_punches_kept_as')
      .unique()
      .on('unclaimed_punches')
      .column('kept_as')
      .execute()
    await db.schema.createIndex('calls_channel').on('calls').column('channel').execute()
  },
}
