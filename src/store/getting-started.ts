/** That all of the page *Getting started* was done once: from then on nobody is reminded of it. */
import type { Database } from './database.js'

/** Beside the settings, and none of them: no admin changes it. */
const NAME = 'gettingStartedDoneAt'

export async function wasAllDone(db: Database): Promise<boolean> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', NAME).executeTakeFirst()
  return row !== undefined
}

export async function noteAllDone(db: Database): Promise<void> {
  await db
    .insertInto('settings')
    .values({ name: NAME, value: String(Date.now()) })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}
