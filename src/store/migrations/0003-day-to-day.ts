import { type ColumnDefinitionBuilder, type Kysely, type Migration, sql } from 'kysely'
import { makeAppendOnly } from '../sqlite.js'

/** What admins do day by day: corrections, verdicts on recordings, imports, tokens and webhooks for other systems. */
export const dayToDay: Migration = {
  async up(db: Kysely<unknown>) {
    const table = (name: string) =>
      db.schema.createTable(name).addColumn('id', 'integer', column => column.primaryKey().autoIncrement())
    const index = (name: string, on: string, ...columns: string[]) =>
      db.schema.createIndex(name).on(on).columns(columns)

    await db.schema.alterTable('employees').addColumn('payroll_number', 'text').execute()
    await db.schema.alterTable('employees').addColumn('note', 'text').execute()
    await db.schema.alterTable('employees').addColumn('deleted_at', 'integer').execute()
    await sql`update employees set deleted_at =
      (select max(at) from audit_events where action = 'employee deleted' and employee_id = employees.id)`.execute(db)
    await addRevision(db, 'employees')
    await index('employees_payroll_number', 'employees', 'payroll_number').unique().execute()
    await addRevision(db, 'jobs')

    await db.schema.alterTable('calls').addColumn('erased_at', 'integer').execute()
    await index('calls_answered_at', 'calls', 'answered_at').execute()
    await index('calls_kept', 'calls', 'answered_at').where(sql.ref('erased_at'), 'is', null).execute()
    await index('calls_caller_number', 'calls', 'caller_number', 'answered_at').execute()
    await index('calls_employee', 'calls', 'employee_id', 'answered_at').execute()
    await index('pin_attempts_call', 'pin_attempts', 'call_id').execute()

    await db.schema.alterTable('punches').addColumn('assigned_by', 'text').execute()
    await index('punches_at', 'punches', 'at').execute()

    await rebuildTimeEntries(db)

    await table('entry_corrections')
      .addColumn('entry_id', 'integer', column => column.notNull().references('time_entries.id'))
      .addColumn('at', 'integer', column => column.notNull())
      .addColumn('actor', 'text', column => column.notNull())
      .addColumn('action', 'text', column => column.notNull().check(sql`action in ('added', 'corrected', 'voided')`))
      .addColumn('reason', 'text', column => column.notNull())
      .addColumn('from_clock_in_at', 'integer')
      .addColumn('from_clock_out_at', 'integer')
      .addColumn('from_job_id', 'integer', column => column.references('jobs.id'))
      .addColumn('from_state', 'text')
      .addColumn('to_clock_in_at', 'integer', column => column.notNull())
      .addColumn('to_clock_out_at', 'integer')
      .addColumn('to_job_id', 'integer', column => column.references('jobs.id'))
      .addColumn('to_state', 'text', column => column.notNull())
      .execute()
    await index('entry_corrections_entry', 'entry_corrections', 'entry_id').execute()
    await makeAppendOnly(db, 'entry_corrections')

    await addVerdictsToVoiceChecks(db)
    await addVerdictsToUnclaimedPunches(db)

    await table('imports')
      .addColumn('kind', 'text', column => column.notNull().check(sql`kind in ('employees', 'jobs')`))
      .addColumn('admin_id', 'integer', column => column.notNull().references('admins.id').onDelete('cascade'))
      .addColumn('uploaded_at', 'integer', column => column.notNull())
      .addColumn('file_name', 'text', column => column.notNull())
      .addColumn('file', 'blob', column => column.notNull())
      .execute()

    await table('api_tokens')
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('token_hash', 'text', column => column.notNull().unique())
      .addColumn('created_at', 'integer', column => column.notNull())
      .addColumn('created_by', 'text', column => column.notNull())
      .addColumn('used_at', 'integer')
      .addColumn('revoked_at', 'integer')
      .addColumn('revoked_by', 'text')
      .execute()

    await table('webhooks')
      .addColumn('url', 'text', column => column.notNull())
      .addColumn('nonce', 'text', column => column.notNull())
      .addColumn('created_at', 'integer', column => column.notNull())
      .addColumn('created_by', 'text', column => column.notNull())
      .addColumn('ended_at', 'integer')
      .addColumn('ended_by', 'text')
      .execute()
    await table('webhook_deliveries')
      .addColumn('webhook_id', 'integer', column => column.notNull().references('webhooks.id'))
      .addColumn('punch_id', 'integer', column => column.notNull().references('punches.id'))
      .addColumn('state', 'text', column =>
        column.notNull().defaultTo('waiting').check(sql`state in ('waiting', 'delivered', 'failed', 'cancelled')`),
      )
      .addColumn('queued_at', 'integer', column => column.notNull())
      .addColumn('attempts', 'integer', column => column.notNull().defaultTo(0))
      .addColumn('next_attempt_at', 'integer', column => column.notNull())
      .addColumn('fault', 'text')
      .addColumn('settled_at', 'integer')
      .addUniqueConstraint('webhook_deliveries_once', ['webhook_id', 'punch_id'])
      .execute()
    await index('webhook_deliveries_waiting', 'webhook_deliveries', 'webhook_id', 'id')
      .where(sql.ref('state'), '=', 'waiting')
      .execute()
    await index('webhook_deliveries_failed', 'webhook_deliveries', 'webhook_id', 'id')
      .where(sql.ref('state'), '=', 'failed')
      .execute()
    await index('webhook_deliveries_settled', 'webhook_deliveries', 'settled_at').execute()
  },
}

/** Counts the changes of a row, so that nobody overwrites what they have not seen. */
async function addRevision(db: Kysely<unknown>, table: string): Promise<void> {
  await db.schema
    .alterTable(table)
    .addColumn('revision', 'integer', column => column.notNull().defaultTo(1))
    .execute()
}

/** An entry that an admin adds has no punches, and one that is voided keeps its times. SQLite can't alter a check. */
async function rebuildTimeEntries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('time_entries_rebuilt')
    .addColumn('id', 'integer', column => column.primaryKey().autoIncrement())
    .addColumn('employee_id', 'integer', column => column.notNull().references('employees.id'))
    .addColumn('job_id', 'integer', column => column.references('jobs.id'))
    .addColumn('state', 'text', column =>
      column.notNull().check(sql`state in ('open', 'closed', 'missing-clock-out', 'voided')`),
    )
    .addColumn('clock_in_punch_id', 'integer', column => column.unique().references('punches.id'))
    .addColumn('clock_in_at', 'integer', column => column.notNull())
    .addColumn('clock_out_punch_id', 'integer', column => column.unique().references('punches.id'))
    .addColumn('clock_out_at', 'integer')
    .addColumn('revision', 'integer', column => column.notNull().defaultTo(1))
    .addCheckConstraint('time_entries_not_negative', sql`clock_out_at >= clock_in_at`)
    .addCheckConstraint(
      'time_entries_closed_has_out',
      sql`state = 'voided' or (state = 'closed') = (clock_out_at is not null)`,
    )
    .execute()
  await sql`insert into time_entries_rebuilt (id, employee_id, job_id, state, clock_in_punch_id, clock_in_at,
      clock_out_punch_id, clock_out_at)
    select id, employee_id, job_id, state, clock_in_punch_id, clock_in_at, clock_out_punch_id, clock_out_at
    from time_entries`.execute(db)
  await db.schema.dropTable('time_entries').execute()
  await db.schema.alterTable('time_entries_rebuilt').renameTo('time_entries').execute()
  await db.schema
    .createIndex('time_entries_one_open')
    .on('time_entries')
    .column('employee_id')
    .unique()
    .where(sql.ref('state'), '=', 'open')
    .execute()
  // Wide enough that the totals of a range are read from it alone.
  await db.schema
    .createIndex('time_entries_clock_in')
    .on('time_entries')
    .columns(['clock_in_at', 'id', 'clock_out_at', 'state', 'employee_id', 'job_id'])
    .execute()
  await db.schema
    .createIndex('time_entries_employee')
    .on('time_entries')
    .columns(['employee_id', 'clock_in_at'])
    .execute()
  await db.schema.createIndex('time_entries_job').on('time_entries').columns(['job_id', 'clock_in_at']).execute()
  // Those that wait for a clock-out, or for an admin.
  await db.schema
    .createIndex('time_entries_not_closed')
    .on('time_entries')
    .columns(['clock_in_at', 'state'])
    .where(sql<boolean>`state in ('open', 'missing-clock-out')`)
    .execute()
}

async function addVerdictsToVoiceChecks(db: Kysely<unknown>): Promise<void> {
  const add = (name: string) => db.schema.alterTable('voice_checks').addColumn(name, 'integer', required)
  const required = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0)
  await add('recorded_at').execute()
  await add('number_is_new').execute()
  await add('number_is_shared').execute()
  await add('risk').execute()
  await db.schema
    .alterTable('voice_checks')
    .addColumn('verdict', 'text', column => column.check(sql`verdict in ('heard', 'doubtful')`))
    .execute()
  await db.schema.alterTable('voice_checks').addColumn('judged_at', 'integer').execute()
  await db.schema.alterTable('voice_checks').addColumn('judged_by', 'text').execute()
  await db.schema.alterTable('voice_checks').addColumn('erased_at', 'integer').execute()
  await sql`update voice_checks set recorded_at = (select at from punches where punches.id = punch_id),
    risk = case when has_speech = 1 and duration_ms >= 1000 then 0 else 4 end`.execute(db)
  await sql`create index voice_checks_queue on voice_checks (risk desc, recorded_at, id)
    where verdict is null and recording is not null and erased_at is null`.execute(db)
  await sql`create index voice_checks_kept on voice_checks (recorded_at) where recording is not null`.execute(db)
  await sql`create index voice_checks_erasing on voice_checks (id)
    where erased_at is not null and recording is not null`.execute(db)
  await sql`create index voice_checks_doubtful on voice_checks (recorded_at) where verdict = 'doubtful'`.execute(db)
  await sql`create index voice_checks_heard on voice_checks (judged_at) where verdict = 'heard'`.execute(db)
}

async function addVerdictsToUnclaimedPunches(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('unclaimed_punches')
    .addColumn('verdict', 'text', column => column.check(sql`verdict in ('assigned', 'refused')`))
    .execute()
  await db.schema.alterTable('unclaimed_punches').addColumn('settled_at', 'integer').execute()
  await db.schema.alterTable('unclaimed_punches').addColumn('settled_by', 'text').execute()
  await db.schema.alterTable('unclaimed_punches').addColumn('reason', 'text').execute()
  await db.schema
    .alterTable('unclaimed_punches')
    .addColumn('punch_id', 'integer', column => column.references('punches.id'))
    .execute()
  await db.schema.alterTable('unclaimed_punches').addColumn('erased_at', 'integer').execute()
  await sql`create index unclaimed_punches_queue on unclaimed_punches (at) where verdict is null`.execute(db)
  await sql`create index unclaimed_punches_settled on unclaimed_punches (settled_at)
    where verdict is not null`.execute(db)
  await sql`create index unclaimed_punches_erasing on unclaimed_punches (id)
    where erased_at is not null and recording is not null`.execute(db)
  await sql`create index unclaimed_punches_kept on unclaimed_punches (at) where recording is not null`.execute(db)
}
