/** Those who call: each with a PIN and a usual phone, and never twice within the guard against a second call. */

import { openDatabase } from '../../src/store/database.js'
import { addEmployee } from '../../src/store/employees.js'
import { loadPinKey } from '../../src/store/hashing.js'
import { setPin } from '../../src/store/pins.js'
import { emailSetupLink, loadLinkKey } from '../../src/store/setup-links.js'

export interface Employee {
  readonly id: number
  readonly phoneClockId: string
  readonly pin: string
  /** The number of their phone, from which nobody else calls. */
  readonly number: string
}

/** A little longer than the two minutes in which a second call asks whether another punch is meant. */
const REST = 125_000
/** So that two calls from one number are told apart by their time. */
const SHORT_REST = 15_000
const PIN = '2468'

/** Hires so many into the data directory, which no Punchline may be using yet. */
export async function hire(directory: string, count: number): Promise<Employee[]> {
  const db = await openDatabase(directory)
  try {
    const pinKey = loadPinKey(directory)
    const one = async (n: number): Promise<Employee> => {
      const number = `+1555${String(n).padStart(7, '0')}`
      const id = await addEmployee(db, { name: `Employee ${n}`, email: null }, 'faults')
      const phoneClockId = await setPin(db, pinKey, { employeeId: id, pin: PIN, actor: 'faults' })
      const at = Date.now()
      await db.insertInto('known_numbers').values({ employee_id: id, number, first_at: at, latest_at: at }).execute()
      return { id, phoneClockId, pin: PIN, number }
    }
    return await Promise.all(Array.from({ length: count }, (_, n) => one(n)))
  } finally {
    await db.destroy()
  }
}

/** Hires some more, who get a setup link by mail instead of a PIN; gives their addresses. */
export async function queueSetupLinks(directory: string, count: number): Promise<string[]> {
  const db = await openDatabase(directory)
  try {
    const linkKey = loadLinkKey(directory)
    const addresses = Array.from({ length: count }, (_, n) => `employee-${Date.now()}-${n}@example.com`)
    for (const email of addresses) {
      const employeeId = await addEmployee(db, { name: email, email }, 'faults')
      await emailSetupLink(db, linkKey, { employeeId, actor: 'faults', after: null })
    }
    return addresses
  } finally {
    await db.destroy()
  }
}

/** Who may call next. */
export class Roster {
  readonly #resting: { readonly employee: Employee; readonly until: number }[]

  constructor(employees: readonly Employee[]) {
    this.#resting = employees.map(employee => ({ employee, until: 0 }))
  }

  /** Null when all are on the phone or have called too lately. */
  take(): Employee | null {
    const next = this.#resting.findIndex(({ until }) => until <= performance.now())
    const [taken] = next < 0 ? [] : this.#resting.splice(next, 1)
    return taken?.employee ?? null
  }

  /** `mayHavePunched`: then another call within two minutes would be asked whether it means it. */
  giveBack(employee: Employee, mayHavePunched: boolean): void {
    this.#resting.push({ employee, until: performance.now() + (mayHavePunched ? REST : SHORT_REST) })
  }
}
