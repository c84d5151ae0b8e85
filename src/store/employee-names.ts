/** Finds employees by their names alone, those who have left too: their time and calls stay. */
import { hasEveryWordOf } from '../word-search.js'
import type { Database } from './database.js'

/** Ids of the employees whose name has every word of `q`, whatever its case and accents, by name; at most `most`. */
export async function employeesNamed(db: Database, q: string, most: number): Promise<number[]> {
  const matches = hasEveryWordOf(q)
  const all = await db.selectFrom('employees').select(['id', 'name']).orderBy('name').execute()
  return all
    .filter(({ name }) => matches(name))
    .slice(0, most)
    .map(({ id }) => id)
}
