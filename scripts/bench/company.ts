/** A company of 10,000 employees, half of them active, with working days on record: two time entries each, and a call for each punch. */
import { sql } from 'kysely'
import { Temporal } from 'temporal-polyfill'
import { DAY, HOUR, MINUTE } from '../../src/clock/time.js'
import type { Database } from '../../src/store/database.js'
import type { PinKey } from '../../src/store/hashing.js'

export interface Size {
  readonly active: number
  readonly days: number
}

/** 2,000,000 time entries, 4,000,000 punches. */
export const LARGE: Size = { active: 5000, days: 200 }

const PEOPLE = 10_000
const JOBS = 20
const OPEN_SHARE = 0.9
const UNCLAIMED = 2000
const CALLS_WITH_STEPS = 20_000

const KEPT_RECORDINGS = 90 * DAY

export interface Company extends Size {
  readonly entries: number
  /** The working days, the first one first, as 2026-11-23. */
  readonly workingDays: readonly string[]
}

/** Fills an empty database. Whatever it holds follows from the day on which this runs. */
export async function foundCompany(db: Database, pinKey: PinKey, timeZone: string, size = LARGE): Promise<Company> {
  const workingDays = daysBeforeToday(size.days, timeZone)
  // Mornings and afternoons.
  const company = { ...size, workingDays, entries: size.active * 2 * size.days }
  await sql`pragma synchronous = off`.execute(db)
  await sql`pragma cache_size = -400000`.execute(db)
  const makeIndexes = await dropIndexes(db)
  await addPeople(db, pinKey, company)
  await addDays(db, workingDays, timeZone)
  await addEntries(db, company)
  const calls = await addOpenEntries(db, company)
  await addUnclaimedPunches(db, calls)
  await addSteps(db, calls)
  await sql`drop table bench_days`.execute(db)
  await makeIndexes()
  await sql`pragma cache_size = -2000`.execute(db)
  await sql`pragma synchronous = full`.execute(db)
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
  return company
}

/** Indexes are made much faster of all rows than row by row. Gives what makes them again. */
async function dropIndexes(db: Database): Promise<() => Promise<void>> {
  const { rows } = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_master where type = 'index' and sql is not null`.execute(db)
  for (const { name } of rows) await db.schema.dropIndex(name).execute()
  return async () => {
    for (const index of rows) await sql.raw(index.sql).execute(db)
  }
}

function daysBeforeToday(count: number, timeZone: string): string[] {
  const days: string[] = []
  let day = Temporal.Now.plainDateISO(timeZone)
  while (days.length < count) {
    day = day.subtract({ days: 1 })
    if (day.dayOfWeek <= 5) days.push(day.toString())
  }
  return days.reverse()
}

async function addDays(db: Database, days: readonly string[], timeZone: string): Promise<void> {
  await sql`create temp table bench_days (n integer primary key, midnight integer not null)`.execute(db)
  for (const [n, day] of days.entries()) {
    const midnight = Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds
    await sql`insert into bench_days values (${n}, ${midnight})`.execute(db)
  }
}

const numbers = (count: number) =>
  sql`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)})`

async function addPeople(db: Database, pinKey: PinKey, { active }: Company): Promise<void> {
  const now = Date.now()
  await sql`${numbers(JOBS)} insert into jobs (name, phone_code, created_at)
    select 'Job ' || n, 100 + n, ${now} from numbers`.execute(db)
  await sql`${numbers(PEOPLE)}
    insert into employees (name, email, payroll_number, active, created_at)
    select
      case n % 8 when 0 then 'Ann' when 1 then 'Bob' when 2 then 'Émile' when 3 then 'Zoë' when 4 then 'Chidi'
        when 5 then 'Maria' when 6 then 'John' else 'Mei' end || ' Employee ' || n,
      'employee' || n || '@example.com', 'P' || (100000 + n), n <= ${active}, ${now}
    from numbers`.execute(db)
  await sql`insert into phone_clock_ids (phone_clock_id, employee_id, issued_at)
    select 10000 + id, id, ${now} from employees where active = 1`.execute(db)
  await sql`insert into pins (employee_id, hash, key_id, set_at, set_by)
    select id, 'of no PIN', ${pinKey.id}, ${now}, 'bench' from employees where active = 1`.execute(db)
}

/**
 * Entry e has the punches, calls and voice checks 2e - 1 and 2e. Of every 500 entries one misses its clock-out and one was
 * voided, of every 200 one was corrected, and every 50th employee works nights.
 */
async function addEntries(db: Database, { active, entries }: Company): Promise<void> {
  // A literal: as a parameter it would be a REAL and divide like one.
  const perDay = sql.lit(active * 2)
  await sql`create temp table bench_entries as
    ${numbers(entries)},
    shifts as (
      select numbers.n as id, (numbers.n - 1) % ${perDay} / 2 + 1 as employee_id, numbers.n % 2 = 0 as is_second,
        day.midnight, numbers.n * 7919 % 2700000 as early, numbers.n * 104729 % 1800000 as late
      from numbers join bench_days day on day.n = (numbers.n - 1) / ${perDay}
    ),
    times as (
      select id, employee_id, early, late, midnight + early
        + case when not is_second then ${7 * HOUR} when employee_id % 50 = 0 then ${21 * HOUR} else ${12.5 * HOUR} end
        as clock_in_at
      from shifts
    )
    select id, employee_id, id * 31 % ${JOBS} + 1 as job_id, clock_in_at,
      clock_in_at - early + case when employee_id % 50 = 0 then ${6 * HOUR} else ${4 * HOUR} end + late as clock_out_at,
      case when id % 500 = 1 then 'missing-clock-out' when id % 500 = 2 then 'voided' else 'closed' end as state
    from times`.execute(db)
  await sql`create temp view bench_punches as
    select 2 * id - 1 as id, employee_id, job_id, 'in' as direction, clock_in_at as at from bench_entries
    union all
    select 2 * id, employee_id, null, 'out', clock_out_at from bench_entries where state <> 'missing-clock-out'
    order by 1`.execute(db)
  await sql`insert into calls (id, channel, caller_number, answered_at, employee_id, ended_at, outcome)
    select id, 'bench', '+1555' || (1000000 + employee_id), at, employee_id, at + 30000,
      case direction when 'in' then 'clocked-in' else 'clocked-out' end
    from bench_punches`.execute(db)
  await sql`insert into punches (id, call_id, employee_id, job_id, direction, at, committed_at)
    select id, id, employee_id, job_id, direction, at, at + 15000 from bench_punches`.execute(db)
  await addVoiceChecks(db)
  await sql`insert into time_entries (id, employee_id, job_id, state, clock_in_punch_id, clock_in_at,
      clock_out_punch_id, clock_out_at, revision)
    select id, employee_id, job_id, state, 2 * id - 1, clock_in_at,
      case when state <> 'missing-clock-out' then 2 * id end,
      case when state <> 'missing-clock-out' then clock_out_at end,
      case when state = 'voided' or id % 200 = 3 then 2 else 1 end
    from bench_entries`.execute(db)
  await sql`insert into entry_corrections (entry_id, at, actor, action, reason, from_clock_in_at, from_clock_out_at,
      from_job_id, from_state, to_clock_in_at, to_clock_out_at, to_job_id, to_state)
    select id, clock_out_at + ${DAY}, 'office@example.com', case state when 'voided' then 'voided' else 'corrected' end,
      'Left earlier than that', clock_in_at, clock_out_at + ${30 * MINUTE}, job_id, 'closed',
      clock_in_at, clock_out_at, job_id, state
    from bench_entries where state = 'voided' or id % 200 = 3`.execute(db)
  await sql`drop view bench_punches`.execute(db)
  await sql`drop table bench_entries`.execute(db)
}

/** Half of what is kept was listened to. */
async function addVoiceChecks(db: Database): Promise<void> {
  const now = Date.now()
  const kept = now - KEPT_RECORDINGS
  await sql`insert into voice_checks (punch_id, recording, duration_ms, has_speech, recorded_at, number_is_new,
      number_is_shared, risk, verdict, judged_at, judged_by, erased_at)
    select id, case when at >= ${kept} then 'voice-checks/' || id || '.wav' end, 1500 + id % 3000, id % 100 <> 0, at,
      id % 40 = 0, id % 60 = 0, case when id % 100 = 0 then 4 when id % 40 = 0 then 2 when id % 60 = 0 then 1 else 0 end,
      case when id % 1000 = 7 then 'doubtful' when id % 2 = 0 then 'heard' end,
      case when id % 1000 = 7 or id % 2 = 0 then at + ${DAY} end,
      case when id % 1000 = 7 or id % 2 = 0 then 'office@example.com' end,
      case when at < ${kept} then at + ${KEPT_RECORDINGS} end
    from punches`.execute(db)
}

/** Who is in now, since up to six hours ago. Gives how many calls there are with theirs. */
async function addOpenEntries(db: Database, { active, entries }: Company): Promise<number> {
  const now = Date.now()
  const first = entries * 2
  const open = active * OPEN_SHARE
  await sql`${numbers(open)} insert into calls (id, channel, caller_number, answered_at, employee_id, ended_at, outcome)
    select ${first} + n, 'bench', '+1555' || (1000000 + n), ${now - 6 * HOUR} + n * 4000, n, ${now - 6 * HOUR} + n * 4000 + 30000,
      'clocked-in' from numbers`.execute(db)
  const since = sql`from calls where id > ${first}`
  await sql`insert into punches (id, call_id, employee_id, job_id, direction, at, committed_at)
    select id, id, employee_id, employee_id % ${JOBS} + 1, 'in', answered_at, answered_at + 15000 ${since}`.execute(db)
  await sql`insert into voice_checks (punch_id, recording, duration_ms, has_speech, recorded_at)
    select id, 'voice-checks/' || id || '.wav', 2000, 1, answered_at ${since}`.execute(db)
  await sql`insert into time_entries (employee_id, job_id, state, clock_in_punch_id, clock_in_at)
    select employee_id, employee_id % ${JOBS} + 1, 'open', id, answered_at ${since}`.execute(db)
  return first + open
}

/** All but 60 are settled. */
async function addUnclaimedPunches(db: Database, calls: number): Promise<void> {
  const now = Date.now()
  const first = calls
  await sql`${numbers(UNCLAIMED)} insert into calls (id, channel, caller_number, answered_at, employee_id, ended_at, outcome)
    select ${first} + n, 'bench', '+1555' || (1000000 + n), ${now - HOUR} - n * ${2 * HOUR}, null, ${now} - n * ${2 * HOUR},
      'unclaimed-punch' from numbers`.execute(db)
  await sql`insert into unclaimed_punches (call_id, at, recording, duration_ms, has_speech, verdict, settled_at, settled_by,
      reason)
    select id, answered_at, 'unclaimed/' || id || '.wav', 3000, 1,
      case when id > ${first + 60} then 'refused' end, case when id > ${first + 60} then answered_at + ${DAY} end,
      case when id > ${first + 60} then 'office@example.com' end, case when id > ${first + 60} then 'Nobody knows the voice' end
    from calls where id > ${first}`.execute(db)
}

/** Of the latest calls: those whose record somebody still asks for. */
async function addSteps(db: Database, calls: number): Promise<void> {
  const first = calls - CALLS_WITH_STEPS
  for (const [n, step] of [
    'answered',
    'phone clock ID entered',
    'PIN entered',
    'clocked in',
    'voice check kept',
    'Punchline hung up',
  ].entries()) {
    await sql`insert into call_steps (call_id, at, step) select id, answered_at + ${n * 4000}, ${step}
      from calls where id > ${first}`.execute(db)
  }
}
