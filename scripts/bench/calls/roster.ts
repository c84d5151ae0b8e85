/** Those who call, each with an ID and a PIN that is nobody else's, from the phone from which they usually call. */
import { pinFault } from '../../../src/clock/pin.js'
import { openDatabase } from '../../../src/store/database.js'
import { addEmployee } from '../../../src/store/employees.js'
import { noteNumber } from '../../../src/store/guessing.js'
import type { HashCost } from '../../../src/store/hash-cost.js'
import { loadPinKey } from '../../../src/store/hashing.js'
import { setPin } from '../../../src/store/pins.js'

export interface Employee {
  readonly phoneClockId: string
  readonly pin: string
}

const PINS = Array.from({ length: 9_000 }, (_, n) => String(1_000 + n)).filter(pin => pinFault(pin, null) === null)

/** Hires so many into Punchline's data directory, which no Punchline may be using yet. */
export async function hire(directory: string, count: number, cost: HashCost): Promise<Employee[]> {
  const db = await openDatabase(directory)
  try {
    const pinKey = loadPinKey(directory, cost)
    return await Promise.all(
      PINS.slice(0, count).map(async (pin, n) => {
        const employeeId = await addEmployee(db, { name: `Employee ${n}`, email: null }, 'bench')
        const phoneClockId = await setPin(db, pinKey, { employeeId, pin, actor: 'bench' })
        await noteNumber(db, employeeId, phoneOf(phoneClockId))
        return { phoneClockId, pin }
      }),
    )
  } finally {
    await db.destroy()
  }
}

/** The number from which an employee calls. */
export function phoneOf(phoneClockId: string): string {
  return `+1555${phoneClockId}`
}

export async function punchesByEmployee(directory: string): Promise<ReadonlyMap<string, number>> {
  const db = await openDatabase(directory)
  try {
    const rows = await db
      .selectFrom('punches')
      .innerJoin('phone_clock_ids', 'phone_clock_ids.employee_id', 'punches.employee_id')
      .select(({ fn }) => ['phone_clock_ids.phone_clock_id', fn.countAll<number>().as('count')])
      .groupBy('phone_clock_ids.phone_clock_id')
      .execute()
    return new Map(rows.map(row => [row.phone_clock_id, row.count]))
  } finally {
    await db.destroy()
  }
}

/** When the employee's latest punch was committed, in ms since the epoch. */
export async function lastCommit(directory: string, phoneClockId: string): Promise<number> {
  const db = await openDatabase(directory)
  try {
    const { committed_at } = await db
      .selectFrom('punches')
      .innerJoin('phone_clock_ids', 'phone_clock_ids.employee_id', 'punches.employee_id')
      .select('committed_at')
      .where('phone_clock_id', '=', phoneClockId)
      .orderBy('committed_at', 'desc')
      .executeTakeFirstOrThrow()
    return committed_at
  } finally {
    await db.destroy()
  }
}
