/** Finds employees by their names alone, those who have left too: their time and calls stay. */
import type { Database } from './database.js'

/** Ids of the employees whose name has every word of `q`, whatever its case and accents, by name; at most `most`. */
export async function employeesNamed(db: Database, q: string, most: number): Promise<number[]> {
  const words = folded(q).split(/\s+/).filter(Boolean)
  const all = await db.selectFrom('employees').select(['id', 'name']).orderBy('name').execute()
  const found = all.filter(({ name }) => {
    const text = folded(name)
    return words.every(word => text.includes(word))
  })
  return found.slice(0, most).map(({ id }) => id)
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
