/** Clock locations: numbers that have a name, such as "Depot, +1 555 0102". They say where somebody clocked, and prove nothing. */
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { isUniqueViolation } from './sqlite.js'

export interface ClockLocation {
  readonly id: number
  readonly name: string
  /** As the trunk gives it. */
  readonly number: string
}

/** All of them, by name. */
export async function listClockLocations(db: Database): Promise<ClockLocation[]> {
  return db.selectFrom('clock_locations').select(['id', 'name', 'number']).orderBy('name').orderBy('id').execute()
}

/** Names a number; false: it has a name already. */
export async function addClockLocation(
  db: Database,
  { name, number }: { name: string; number: string },
  actor: string,
): Promise<boolean> {
  return db
    .transaction()
    .execute(async trx => {
      await trx
        .insertInto('clock_locations')
        .values({ name, number, created_at: Date.now(), created_by: actor })
        .execute()
      await audit(trx, { actor, action: 'clock location added', detail: `${name}, ${number}` })
      return true
    })
    .catch(error => {
      if (isUniqueViolation(error)) return false
      throw error
    })
}

/** Takes a number's name away, which is given; null: there was none. */
export async function removeClockLocation(db: Database, id: number, actor: string): Promise<string | null> {
  return db.transaction().execute(async trx => {
    const removed = await trx
      .deleteFrom('clock_locations')
      .where('id', '=', id)
      .returning(['name', 'number'])
      .executeTakeFirst()
    if (!removed) return null
    await audit(trx, { actor, action: 'clock location removed', detail: `${removed.name}, ${removed.number}` })
    return removed.name
  })
}
