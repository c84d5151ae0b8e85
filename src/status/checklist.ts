/** What has to be in place until employees clock in, step by step: for the page *Getting started* and the doctor. */
import { type Instant, MINUTE, type TimeStyle } from '../clock/time.js'
import { dayAndTime } from '../shown-time.js'
import { latestSigns } from '../store/calls.js'
import { noteAllDone, wasAllDone } from '../store/getting-started.js'
import { readMailSigns } from '../store/mail-outbox.js'
import { countReady } from '../store/pins.js'
import { firstPunchAt } from '../store/punches.js'
import { sayFault } from '../store/store-fault.js'
import { judgeBackups, readBackupTarget } from './backup-target.js'
import { judgeDialInNumber } from './dial-in-number.js'
import { attention, type Finding } from './finding.js'
import { judgeFirstEmployee, judgeFirstPunch } from './first-punch.js'
import { isClockSynchronized, judgeMachineClock } from './machine-clock.js'
import { judgeKeys, judgeSound } from './sound.js'
import type { Part, Status, StatusSettings } from './status.js'
import { judgeTestMail } from './test-mail.js'

export interface ChecklistSettings extends StatusSettings {
  /** As it is shown; null until IT sets it. */
  readonly dialInNumber: string | null
  /** Hour null: none is made by itself. */
  readonly backup: { readonly directory: string; readonly hour: number | null }
}

export type StepName =
  | 'Database'
  | 'PBX'
  | 'Time of day'
  | 'Dial-in number'
  | 'Trunk'
  | 'Sound'
  | 'Keys'
  | 'Test mail'
  | 'Backup'
  | 'First employee'
  | 'First punch'

export interface Step extends Finding {
  readonly name: StepName
  /** The clock may do without. */
  readonly isOptional: boolean
}

/** So many of the latest calls are looked at. */
const CALLS = 50
/** A process is asked for the state of the clock, in milliseconds. */
const CLOCK_LOOKED_AT_EVERY = MINUTE

export class Checklist {
  readonly #settings: ChecklistSettings
  readonly #status: Status
  #clock: { readonly at: number; readonly isSynchronized: Promise<boolean | null> } | null = null
  #wasAllDone = false

  constructor(settings: ChecklistSettings, status: Status) {
    this.#settings = settings
    this.#status = status
  }

  /** All steps, in the order in which they are taken. Never rejects. */
  async read(): Promise<readonly Step[]> {
    const { db, timeStyle, mail, dialInNumber, dataDirectory, backup } = this.#settings
    const say = (instant: Instant) => dayAndTime(instant, Date.now(), timeStyle)
    const { parts } = await this.#status.read()
    const calls = latestSigns(db, CALLS)
    return Promise.all([
      step('Database', partNamed(parts, 'Database')),
      step('PBX', partNamed(parts, 'PBX')),
      step('Time of day', this.#checkClock(timeStyle)),
      step(
        'Dial-in number',
        calls.then(latest => judgeDialInNumber(dialInNumber, latest)),
      ),
      step(
        'Trunk',
        calls.then(latest => judgeTrunk(partNamed(parts, 'Last call'), latest.length > 0)),
      ),
      step(
        'Sound',
        calls.then(latest => judgeSound(latest, say)),
      ),
      step(
        'Keys',
        calls.then(latest => judgeKeys(latest, say)),
      ),
      step(
        'Test mail',
        readMailSigns(db).then(signs => judgeTestMail(mail !== null, signs, say)),
        mail === null,
      ),
      step(
        'Backup',
        readBackupTarget(backup.directory, dataDirectory).then(target =>
          judgeBackups(target, partNamed(parts, 'Backup'), backup.hour !== null),
        ),
        backup.hour === null,
      ),
      step('First employee', countReady(db).then(judgeFirstEmployee)),
      step(
        'First punch',
        firstPunchAt(db).then(firstAt => judgeFirstPunch(firstAt, dialInNumber, say)),
      ),
    ])
  }

  /** Whether somebody is to be reminded of what is open: not any more once all was done. Never rejects. */
  async isUnfinished(): Promise<boolean> {
    if (this.#wasAllDone) return false
    const { db } = this.#settings
    try {
      this.#wasAllDone = await wasAllDone(db)
      if (this.#wasAllDone) return false
      if ((await this.read()).some(isOpen)) return true
      await noteAllDone(db)
      return false
    } catch {
      // What keeps the database from being read or written is said on every page.
      return false
    }
  }

  async #checkClock(style: TimeStyle): Promise<Finding> {
    const now = Date.now()
    const looked = performance.now()
    if (!this.#clock || looked - this.#clock.at > CLOCK_LOOKED_AT_EVERY) {
      this.#clock = { at: looked, isSynchronized: isClockSynchronized() }
    }
    return judgeMachineClock(await this.#clock.isSynchronized, `${dayAndTime(now, now, style)} (${style.timeZone})`)
  }
}

/** Not done, and the clock can't do without. */
export function isOpen({ verdict, isOptional }: Step): boolean {
  return verdict !== 'ok' && !isOptional
}

/** What can't be found out is said to be so. */
async function step(name: StepName, finding: Finding | Promise<Finding>, isOptional = false): Promise<Step> {
  const unknown = (error: unknown) => attention(`Not known: ${sayFault(error)}`, 'The log says more.')
  return { ...(await Promise.resolve(finding).catch(unknown)), name, isOptional }
}

function partNamed(parts: readonly Part[], name: string): Finding {
  const part = parts.find(one => one.name === name)
  if (!part) throw new Error(`the status has no part ${name}`)
  const { name: _, ...finding } = part
  return finding
}

function judgeTrunk(lastCall: Finding, hasCalls: boolean): Finding {
  if (hasCalls) return lastCall
  return attention(
    'Nobody has called yet.',
    'Call the dial-in number. If it does not ring, Asterisk’s console shows whether the call arrives, and from which address, which punchline-site/pjsip.conf has to name:',
    'asterisk -rx "pjsip set logger on"; asterisk -rvvv',
  )
}
