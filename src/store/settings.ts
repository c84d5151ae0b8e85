/** What admins can set while Punchline runs. Each reader asks anew, so a change counts from the next call on. */
import { PAY_PERIODS, type PayPeriods } from '../clock/pay-period.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'

export interface Settings {
  /** Each entry needs a job: there is no skipping on the phone. */
  readonly jobRequired: boolean
  /** An entry that is open for longer than this was forgotten. */
  readonly forgottenAfterHours: number
  /** How long the audio of voice checks and settled unclaimed punches is kept. */
  readonly recordingDays: number
  /** How long a call's number and steps are kept. */
  readonly callDays: number
  readonly payPeriods: PayPeriods
  /** The first day of a pay period, such as 2026-01-05, from which weekly and two-weekly ones are counted. */
  readonly payPeriodStart: string
}

/** Each setting as it is stored: its default, and how it is read back from text. */
const SETTINGS: { readonly [Name in keyof Settings]: { initial: Settings[Name]; read(text: string): Settings[Name] } } =
  {
    jobRequired: { initial: false, read: text => text === 'true' },
    forgottenAfterHours: { initial: 16, read: Number },
    recordingDays: { initial: 90, read: Number },
    callDays: { initial: 365, read: Number },
    payPeriods: { initial: 'two weeks', read: text => PAY_PERIODS.find(name => name === text) ?? 'two weeks' },
    payPeriodStart: { initial: '2026-01-05', read: text => text },
  }

export async function readSettings(db: Database): Promise<Settings> {
  const rows = await db.selectFrom('settings').selectAll().execute()
  const stored = new Map(rows.map(row => [row.name, row.value]))
  const value = <Name extends keyof Settings>(name: Name): Settings[Name] => {
    const text = stored.get(name)
    return text === undefined ? SETTINGS[name].initial : SETTINGS[name].read(text)
  }
  return {
    jobRequired: value('jobRequired'),
    forgottenAfterHours: value('forgottenAfterHours'),
    recordingDays: value('recordingDays'),
    callDays: value('callDays'),
    payPeriods: value('payPeriods'),
    payPeriodStart: value('payPeriodStart'),
  }
}

/** Stores the given settings; the others stay as they are. */
export async function changeSettings(db: Database, changes: Partial<Settings>, actor: string): Promise<void> {
  await db.transaction().execute(async trx => {
    for (const [name, value] of Object.entries(changes)) {
      await trx
        .insertInto('settings')
        .values({ name, value: String(value) })
        .onConflict(conflict => conflict.column('name').doUpdateSet({ value: String(value) }))
        .execute()
      await audit(trx, { actor, action: 'setting changed', detail: `${name}: ${value}` })
    }
  })
}
