/** What is locked because of wrong PINs, and unlocking it. */
import express, { Router } from 'express'
import { z } from 'zod'
import type { Instant, TimeStyle } from '../../clock/time.js'
import { timeSeenFrom } from '../../shown-time.js'
import { currentAlarm } from '../../store/alarms.js'
import { type IdLock, readWideLocks, unlock, type WideLock } from '../../store/guessing.js'
import { findOnRoster } from '../../store/roster.js'
import { needsAdmin, signedIn } from '../accounts/sign-in.js'
import { PageRefused } from '../errors.js'
import { readFields } from '../form.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'

/** Locks that concern more than one employee, and the alarm that is on. */
export interface LocksView {
  /** What is out of the ordinary, as a sentence. */
  readonly alarm: string | null
  readonly locks: readonly {
    readonly who: string
    readonly until: string
    readonly kind: WideLock['bucket']['kind']
    readonly number: string
  }[]
}

/** A lock of one employee's ID. */
export interface IdLockView {
  readonly who: string
  readonly until: string
}

const Form = z.object({ kind: z.enum(['stranger', 'known', 'number']), number: z.string().max(100) })

export function unlocking(site: Site): Router {
  const { db } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.post('/phone-clocking/unlock', needsAdmin, form, async (req, res) => {
    const { kind, number } = readFields(Form, req)
    await unlock(db, kind === 'number' ? { kind, number } : { kind }, signedIn(res).email)
    await done(site, req, res, '/phone-clocking', `Unlocked: ${whoIs(kind, number)} can try again at once.`)
  })

  router.post('/phone-clocking/:employeeId/unlock', needsAdmin, async (req, res) => {
    const employee = await findOnRoster(db, Date.now(), rowId(req.params.employeeId))
    if (!employee?.phoneClockId) throw new PageRefused(404, 'There is no such employee with a phone clock ID.')
    await unlock(db, { kind: 'id', phoneClockId: employee.phoneClockId }, signedIn(res).email)
    const notice = `Unlocked: ${employee.name} can clock in and out from any phone.`
    await done(site, req, res, `/phone-clocking/${employee.employeeId}`, notice)
  })

  return router
}

export async function locksView({ db, timeStyle }: Site, now: Instant): Promise<LocksView> {
  const alarm = await currentAlarm(db)
  const locks = await readWideLocks(db, now)
  return {
    alarm:
      alarm &&
      `In the 24 hours before ${timeSeenFrom(now, alarm.raisedAt, now, timeStyle)} there were ${alarm.wrongPins.toLocaleString('en')} wrong phone clock IDs and PINs, which is out of the ordinary: somebody may be guessing.`,
    locks: locks.map(({ bucket, until }) => {
      const number = bucket.kind === 'number' ? bucket.number : ''
      return {
        who: sentenceCase(whoIs(bucket.kind, number)),
        until: timeSeenFrom(now, until, now, timeStyle),
        kind: bucket.kind,
        number,
      }
    }),
  }
}

export function idLockView(
  { until, usualNumber }: IdLock,
  name: string,
  now: Instant,
  timeStyle: TimeStyle,
): IdLockView {
  return {
    who: `callers from ${usualNumber ?? `phones that ${name} has not clocked from`}`,
    until: timeSeenFrom(now, until, now, timeStyle),
  }
}

function whoIs(kind: WideLock['bucket']['kind'], number: string): string {
  switch (kind) {
    case 'stranger':
      return 'callers from numbers that nobody has clocked from'
    case 'known':
      return 'callers from numbers that only others have clocked from'
    case 'number':
      return `callers from ${number}`
  }
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
