import { type Kysely, type Migration, sql } from 'kysely'
import { makeAppendOnly } from '../sqlite.js'

export const initial: Migration = {
  async up(db: Kysely<unknown>) {
    const table = (name: string) =>
      db.schema.createTable(name).addColumn('id', 'integer', column => column.primaryKey().autoIncrement())

    await table('employees')
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('email', 'text')
      .addColumn('active', 'integer', column => column.notNull().defaultTo(1))
      .addColumn('created_at', 'integer', column => column.notNull())
      .execute()

    await db.schema
      .createTable('phone_clock_ids')
      .addColumn('phone_clock_id', 'text', column => column.primaryKey())
      .addColumn('employee_id', 'integer', column => column.notNull().references('employees.id'))
      .addColumn('issued_at', 'integer', column => column.notNull())
      .addColumn('retired_at', 'integer')
      .execute()
    await db.schema
      .createIndex('phone_clock_ids_one_in_use')
      .on('phone_clock_ids')
      .column('employee_id')
      .unique()
      .where(sql.ref('retired_at'), 'is', null)
      .execute()

    await db.schema
      .createTable('pins')
      .addColumn('employee_id', 'integer', column => column.primaryKey().references('employees.id'))
      .addColumn('hash', 'text', column => column.notNull())
      .addColumn('key_id', 'text', column => column.notNull())
      .addColumn('set_at', 'integer', column => column.notNull())
      .addColumn('set_by', 'text', column => column.notNull())
      .execute()

    await table('jobs')
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('phone_code', 'text')
      .addColumn('active', 'integer', column => column.notNull().defaultTo(1))
      .addColumn('created_at', 'integer', column => column.notNull())
      .execute()
    await db.schema
      .createIndex('jobs_phone_code_of_active')
      .on('jobs')
      .column('phone_code')
      .unique()
      .where(sql.ref('active'), '=', 1)
      .execute()

    await table('calls')
      .addColumn('channel', 'text', column => column.notNull())
      .addColumn('caller_number', 'text')
      .addColumn('answered_at', 'integer', column => column.notNull())
      .addColumn('employee_id', 'integer', column => column.references('employees.id'))
      .addColumn('ended_at', 'integer')
      .addColumn('outcome', 'text')
      .execute()
    await db.schema
      .createIndex('calls_unended')
      .on('calls')
      .column('id')
      .where(sql.ref('ended_at'), 'is', null)
      .execute()

    await table('call_steps')
      .addColumn('call_id', 'integer', column => column.notNull().references('calls.id'))
      .addColumn('at', 'integer', column => column.notNull())
      .addColumn('step', 'text', column => column.notNull())
      .addColumn('detail', 'text')
      .execute()
    await db.schema.createIndex('call_steps_call').on('call_steps').column('call_id').execute()

    await table('pin_attempts')
      .addColumn('call_id', 'integer', column => column.notNull().references('calls.id'))
      .addColumn('phone_clock_id', 'text', column => column.references('phone_clock_ids.phone_clock_id'))
      .addColumn('at', 'integer', column => column.notNull())
      .addColumn('succeeded', 'integer', column => column.notNull().defaultTo(0))
      .execute()
    await db.schema.createIndex('pin_attempts_id').on('pin_attempts').columns(['phone_clock_id', 'id']).execute()

    await table('punches')
      .addColumn('call_id', 'integer', column => column.notNull().unique().references('calls.id'))
      .addColumn('employee_id', 'integer', column => column.notNull().references('employees.id'))
      .addColumn('job_id', 'integer', column => column.references('jobs.id'))
      .addColumn('direction', 'text', column => column.notNull().check(sql`direction in ('in', 'out')`))
      .addColumn('at', 'integer', column => column.notNull())
      .addColumn('committed_at', 'integer', column => column.notNull())
      .execute()
    await db.schema.createIndex('punches_employee').on('punches').columns(['employee_id', 'id']).execute()
    await makeAppendOnly(db, 'punches')

    await table('time_entries')
      .addColumn('employee_id', 'integer', column => column.notNull().references('employees.id'))
      .addColumn('job_id', 'integer', column => column.references('jobs.id'))
      .addColumn('state', 'text', column =>
        column.notNull().check(sql`state in ('open', 'closed', 'missing-clock-out')`),
      )
      .addColumn('clock_in_punch_id', 'integer', column => column.notNull().unique().references('punches.id'))
      .addColumn('clock_in_at', 'integer', column => column.notNull())
      .addColumn('clock_out_punch_id', 'integer', column => column.unique().references('punches.id'))
      .addColumn('clock_out_at', 'integer')
      .addCheckConstraint('time_entries_not_negative', sql`clock_out_at >= clock_in_at`)
      .addCheckConstraint('time_entries_closed_has_out', sql`(state = 'closed') = (clock_out_at is not null)`)
      .execute()
    await db.schema
      .createIndex('time_entries_one_open')
      .on('time_entries')
      .column('employee_id')
      .unique()
      .where(sql.ref('state'), '=', 'open')
      .execute()
    await db.schema.createIndex('time_entries_clock_in').on('time_entries').column('clock_in_at').execute()

    await table('voice_checks')
      .addColumn('punch_id', 'integer', column => column.notNull().unique().references('punches.id'))
      .addColumn('recording', 'text')
      .addColumn('duration_ms', 'integer', column => column.notNull())
      .addColumn('has_speech', 'integer', column => column.notNull())
      .execute()

    await table('unclaimed_punches')
      .addColumn('call_id', 'integer', column => column.notNull().unique().references('calls.id'))
      .addColumn('employee_id', 'integer', column => column.references('employees.id'))
      .addColumn('at', 'integer', column => column.notNull())
      .addColumn('recording', 'text')
      .addColumn('duration_ms', 'integer', column => column.notNull())
      .addColumn('has_speech', 'integer', column => column.notNull())
      .execute()

    await table('admins')
      .addColumn('email', 'text', column => column.notNull().unique())
      .addColumn('password_hash', 'text', column => column.notNull())
      .addColumn('created_at', 'integer', column => column.notNull())
      .execute()

    await db.schema
      .createTable('sessions')
      .addColumn('id_hash', 'text', column => column.primaryKey())
      .addColumn('data', 'text', column => column.notNull())
      .addColumn('expires_at', 'integer', column => column.notNull())
      .execute()

    await db.schema
      .createTable('settings')
      .addColumn('name', 'text', column => column.primaryKey())
      .addColumn('value', 'text', column => column.notNull())
      .execute()

    await table('audit_events')
      .addColumn('at', 'integer', column => column.notNull())
      .addColumn('actor', 'text', column => column.notNull())
      .addColumn('action', 'text', column => column.notNull())
      .addColumn('employee_id', 'integer', column => column.references('employees.id'))
      .addColumn('detail', 'text')
      .execute()
    await makeAppendOnly(db, 'audit_events')
  },
}
