/** What admins can set while Punchline runs. Each reader asks anew, so a change counts from the next call on. */
import { audit } from './audit-events.js'
import type { Database } from './database.js'

export interface Settings {
  /** Each entry needs a job: there is no skipping on the phone. */
  jobRequired: boolean
  /** An entry that is open for longer than this was forgotten. */
  forgottenAfterHours: number
}

const DEFAULTS: Settings = { jobRequired: false, forgottenAfterHours: 16 }

export async function readSettings(db: Database): Promise<Settings> {
  const rows = await db.selectFrom('settings').selectAll().execute()
  const stored = new Map(rows.map(row => [row.name, row.value]))
  return {
    jobRequired: (stored.get('jobRequired') ?? String(DEFAULTS.jobRequired)) === 'true',
    forgottenAfterHours: Number(stored.get('forgottenAfterHours') ?? DEFAULTS.forgottenAfterHours),
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
