import { type Kysely, type Migration, sql } from 'kysely'

/** What bounds the guessing of PINs: attempts with their caller, the numbers that employees call from, and alarms. */
export const guessing: Migration = {
  async up(db: Kysely<unknown>) {
    await addKnownNumbers(db)
    await rebuildPinAttempts(db)

    await db.schema
      .createTable('unlocks')
      .addColumn('bucket', 'text', column => column.primaryKey())
      .addColumn('at', 'integer', column => column.notNull())
      .execute()
    await db.schema.createIndex('pins_set_at').on('pins').column('set_at').execute()

    await db.schema
      .createTable('alarms')
      .addColumn('id', 'integer', column => column.primaryKey().autoIncrement())
      .addColumn('raised_at', 'integer', column => column.notNull())
      .addColumn('wrong_pins', 'integer', column => column.notNull())
      .addColumn('alarming_at', 'integer', column => column.notNull())
      .addColumn('ended_at', 'integer')
      .execute()
    await db.schema
      .createIndex('alarms_one_on')
      .on('alarms')
      .expression(sql`1`)
      .unique()
      .where(sql.ref('ended_at'), 'is', null)
      .execute()
    await rebuildMailOutbox(db)
  },
}

async function addKnownNumbers(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('known_numbers')
    .addColumn('employee_id', 'integer', column => column.notNull().references('employees.id').onDelete('cascade'))
    .addColumn('number', 'text', column => column.notNull())
    .addColumn('first_at', 'integer', column => column.notNull())
    .addColumn('latest_at', 'integer', column => column.notNull())
    .addPrimaryKeyConstraint('known_numbers_key', ['employee_id', 'number'])
    .execute()
  await db.schema.createIndex('known_numbers_number').on('known_numbers').column('number').execute()
  await db.schema.createIndex('known_numbers_latest').on('known_numbers').column('latest_at').execute()
  await sql`insert into known_numbers (employee_id, number, first_at, latest_at)
    select punches.employee_id, calls.caller_number, min(calls.answered_at), max(calls.answered_at)
    from punches inner join calls on calls.id = punches.call_id
    where calls.caller_number is not null and punches.assigned_by is null
    group by punches.employee_id, calls.caller_number`.execute(db)
}

/** An attempt outlives its call where that is erased sooner, and says what became of it. */
async function rebuildPinAttempts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('pin_attempts_rebuilt')
    .addColumn('id', 'integer', column => column.primaryKey().autoIncrement())
    .addColumn('call_id', 'integer', column => column.references('calls.id').onDelete('set null'))
    .addColumn('phone_clock_id', 'text', column => column.references('phone_clock_ids.phone_clock_id'))
    .addColumn('caller_number', 'text')
    .addColumn('caller', 'text', column => column.notNull().check(sql`caller in ('usual', 'known', 'stranger')`))
    .addColumn('at', 'integer', column => column.notNull())
    .addColumn('verdict', 'text', column =>
      column.notNull().check(sql`verdict in ('wrong', 'forgiven', 'right', 'locked', 'unknown')`),
    )
    .addCheckConstraint('pin_attempts_of_whom', sql`(verdict = 'unknown') = (phone_clock_id is null)`)
    .execute()
  await sql`insert into pin_attempts_rebuilt (id, call_id, phone_clock_id, caller_number, caller, at, verdict)
    select attempts.id, attempts.call_id, attempts.phone_clock_id, calls.caller_number,
      case when known.number is null then 'stranger' else 'usual' end,
      attempts.at,
      case when attempts.succeeded then 'right'
        when attempts.phone_clock_id is null then 'unknown'
        when known.number is null then 'wrong'
        else 'forgiven' end
    from pin_attempts attempts
    inner join calls on calls.id = attempts.call_id
    left join phone_clock_ids ids on ids.phone_clock_id = attempts.phone_clock_id
    left join known_numbers known on known.employee_id = ids.employee_id and known.number = calls.caller_number`.execute(
    db,
  )
  await db.schema.dropTable('pin_attempts').execute()
  await db.schema.alterTable('pin_attempts_rebuilt').renameTo('pin_attempts').execute()
  const judged = "verdict in ('wrong', 'forgiven', 'right')"
  const index = (name: string, columns: string, of: string) =>
    sql`create index ${sql.ref(name)} on pin_attempts (${sql.raw(columns)}) where ${sql.raw(of)}`.execute(db)
  await index('pin_attempts_id', 'phone_clock_id, id', judged)
  await index('pin_attempts_number', 'caller_number, id', judged)
  await index('pin_attempts_wrong', 'caller, at', "verdict = 'wrong'")
  await index('pin_attempts_wrong_at', 'at', "verdict in ('wrong', 'forgiven')")
  await index('pin_attempts_failed', 'at', "verdict in ('wrong', 'locked', 'unknown')")
  await index('pin_attempts_right', 'at', "verdict = 'right'")
  await sql`create index pin_attempts_call on pin_attempts (call_id)`.execute(db)
  await sql`create index pin_attempts_at on pin_attempts (at)`.execute(db)
}

/** Alarms are mailed too. SQLite can't take back a NOT NULL. */
async function rebuildMailOutbox(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('mail_outbox_rebuilt')
    .addColumn('id', 'integer', column => column.primaryKey().autoIncrement())
    .addColumn('setup_link_id', 'integer', column => column.unique().references('setup_links.id'))
    .addColumn('alarm_id', 'integer', column => column.references('alarms.id'))
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
    .addCheckConstraint('mail_outbox_of_what', sql`(setup_link_id is null) != (alarm_id is null)`)
    .execute()
  await sql`insert into mail_outbox_rebuilt (id, setup_link_id, mailing_id, address, state, queued_at, attempts,
      next_attempt_at, fault, settled_at)
    select id, setup_link_id, mailing_id, address, state, queued_at, attempts, next_attempt_at, fault, settled_at
    from mail_outbox`.execute(db)
  await db.schema.dropTable('mail_outbox').execute()
  await db.schema.alterTable('mail_outbox_rebuilt').renameTo('mail_outbox').execute()
  await db.schema.createIndex('mail_outbox_due').on('mail_outbox').columns(['state', 'next_attempt_at', 'id']).execute()
  await db.schema.createIndex('mail_outbox_mailing').on('mail_outbox').columns(['mailing_id', 'state']).execute()
}
