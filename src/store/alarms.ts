/** Tells admins, once, that wrong PINs are out of the ordinary. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { CALM, isAlarming, MONTH } from '../clock/throttle.js'
import { DAY, type Instant } from '../clock/time.js'
import type { Database } from './database.js'
import { queueAlarmMails } from './mail-outbox.js'

/** In the words of the indexes pin_attempts_failed and pin_attempts_right. Who mistyped, and then got it right, is no failure. */
const FAILED = sql<SqlBool>`verdict in ('wrong', 'locked', 'unknown')`
const RIGHT = sql<SqlBool>`verdict = 'right'`

/** Raises an alarm where there is none, or ends it after half a quiet day. Says whether it was raised now. */
export async function watchForGuessing(db: Database, now: Instant): Promise<boolean> {
  const yesterday = now - DAY
  const wrongPins = await countAttempts(db, FAILED, yesterday, now)
  const rightPins = await countAttempts(db, RIGHT, yesterday, now)
  const wrongBefore = await countAttempts(db, FAILED, now - MONTH, yesterday)
  const alarming = isAlarming(wrongPins, rightPins, wrongBefore / (MONTH / DAY - 1))
  return db.transaction().execute(async trx => {
    const alarm = await trx.selectFrom('alarms').selectAll().where('ended_at', 'is', null).executeTakeFirst()
    if (alarming && !alarm) {
      const { id } = await trx
        .insertInto('alarms')
        .values({ raised_at: now, wrong_pins: wrongPins, alarming_at: now })
        .returning('id')
        .executeTakeFirstOrThrow()
      const admins = await trx.selectFrom('admins').select('email').execute()
      await queueAlarmMails(
        trx,
        id,
        admins.map(({ email }) => email),
      )
      return true
    }
    if (!alarm) return false
    const change = alarming ? { alarming_at: now } : alarm.alarming_at < now - CALM ? { ended_at: now } : null
    if (change) await trx.updateTable('alarms').set(change).where('id', '=', alarm.id).execute()
    return false
  })
}

/** The alarm that is on: since when, and how many wrong PINs there were within the day before it. */
export async function currentAlarm(db: Database): Promise<{ raisedAt: Instant; wrongPins: number } | null> {
  const alarm = await db
    .selectFrom('alarms')
    .select(['raised_at as raisedAt', 'wrong_pins as wrongPins'])
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return alarm ?? null
}

async function countAttempts(db: Database, of: Expression<SqlBool>, from: Instant, to: Instant): Promise<number> {
  const { count } = await db
    .selectFrom('pin_attempts')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where(of)
    .where('at', '>', from)
    .where('at', '<=', to)
    .executeTakeFirstOrThrow()
  return count
}
