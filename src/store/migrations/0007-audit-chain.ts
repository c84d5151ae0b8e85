import { type Kysely, type Migration, sql } from 'kysely'
import { eventHash } from '../audit-chain.js'
import { makeAppendOnly } from '../sqlite.js'

interface OldEvent {
  id: number
  at: number
  actor: string
  action: string
  employee_id: number | null
  detail: string | null
}

const AT_ONCE = 5000

/** Each audit event carries the hash of the one before it; those that are there already are chained as they stand. */
export const auditChain: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('audit_events_chained')
      .addColumn('id', 'integer', column => column.primaryKey().autoIncrement())
      .addColumn('at', 'integer', column => column.notNull())
      .addColumn('actor', 'text', column => column.notNull())
      .addColumn('address', 'text')
      .addColumn('action', 'text', column => column.notNull())
      .addColumn('employee_id', 'integer', column => column.references('employees.id'))
      .addColumn('detail', 'text')
      .addColumn('hash', 'text', column => column.notNull().unique())
      .execute()
    let before = ''
    for (let after = 0; ; ) {
      const { rows } = await sql<OldEvent>`select id, at, actor, action, employee_id, detail from audit_events
        where id > ${after} order by id limit ${AT_ONCE}`.execute(db)
      for (const { id, at, actor, action, employee_id, detail } of rows) {
        before = eventHash(before, { at, actor, address: null, action, employeeId: employee_id, detail })
        await sql`insert into audit_events_chained (id, at, actor, action, employee_id, detail, hash)
          values (${id}, ${at}, ${actor}, ${action}, ${employee_id}, ${detail}, ${before})`.execute(db)
        after = id
      }
      if (rows.length < AT_ONCE) break
    }
    await db.schema.dropTable('audit_events').execute()
    await db.schema.alterTable('audit_events_chained').renameTo('audit_events').execute()
    await makeAppendOnly(db, 'audit_events')
    const index = (name: string, ...columns: string[]) =>
      db.schema.createIndex(name).on('audit_events').columns(columns).execute()
    await index('audit_events_employee', 'employee_id', 'id')
    await index('audit_events_actor', 'actor', 'id')
    await index('audit_events_action', 'action', 'id')
    await index('audit_events_at', 'at')
  },
}
