/** What admins can set while Punchline runs. Each reader asks anew, so a change counts from the next call on. */
import { PAY_PERIODS } from '../clock/pay-period.js'
import type { Settings } from '../clock/settings.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'

export type { Settings } from '../clock/settings.js'

/** Each setting as it is stored: its default, and how it is read back from text. */
const SETTINGS: { readonly [Name in keyof Settings]: { initial: Settings[Name]; read(text: string): Settings[Name] } } =
  {
    jobRequired: { initial: false, read: text => text === 'true' },
    forgottenAfterHours: { initial: 16, read: Number },
    recordingDays: { initial: 90, read: Number },
    callDays: { initial: 365, read: Number },
    payPeriods: { initial: 'two weeks', read: text => PAY_PERIODS.find(name => name === text) ?? 'two weeks' },
    payPeriodStart: { initial: '2026-01-05', read: text => text },
    wrongPinsInARow: { initial: 5, read: Number },
    longestLockMinutes: { initial: 60, read: Number },
    wrongPinsPerMonth: { initial: 100, read: Number },
    strangersPerDay: { initial: 20, read: Number },
    strangersPerMonth: { initial: 40, read: Number },
  }

const SETTING_NAMES = [
  'jobRequired',
  'forgottenAfterHours',
  'recordingDays',
  'callDays',
  'payPeriods',
  'payPeriodStart',
  'wrongPinsInARow',
  'longestLockMinutes',
  'wrongPinsPerMonth',
  'strangersPerDay',
  'strangersPerMonth',
] as const satisfies readonly (keyof Settings)[]

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
    wrongPinsInARow: value('wrongPinsInARow'),
    longestLockMinutes: value('longestLockMinutes'),
    wrongPinsPerMonth: value('wrongPinsPerMonth'),
    strangersPerDay: value('strangersPerDay'),
    strangersPerMonth: value('strangersPerMonth'),
  }
}

/** Stores the given settings; the others stay as they are. Gives the names of those that were something else before. */
export async function changeSettings(
  db: Database,
  changes: Partial<Settings>,
  actor: string,
): Promise<(keyof Settings)[]> {
  return db.transaction().execute(async trx => {
    const before = await readSettings(trx)
    const changed = SETTING_NAMES.filter(name => changes[name] !== undefined && changes[name] !== before[name])
    for (const name of changed) {
      const value = String(changes[name])
      await trx
        .insertInto('settings')
        .values({ name, value })
        .onConflict(conflict => conflict.column('name').doUpdateSet({ value }))
        .execute()
      await audit(trx, { actor, action: 'setting changed', detail: `${name}: ${before[name]} → ${value}` })
    }
    return changed
  })
}
