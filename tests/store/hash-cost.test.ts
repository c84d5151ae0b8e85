/** What hashing PINs costs on a machine, and that what is kept of it is used. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.js'
import { openStore } from '../../src/opening.js'
import { addEmployee } from '../../src/store/employees.js'
import { costOf, type HashCost, hashingOn, keepHashing, USUAL_COST } from '../../src/store/hash-cost.js'
import { setPin } from '../../src/store/pins.js'

let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
  file = join(directory, 'hashing.json')
})

afterEach(() => rmSync(directory, { recursive: true }))

const cores = availableParallelism()
const QUICK: HashCost = { memoryKib: 7 * 1024, passes: 5 }

describe('what is measured', () => {
  it('is one of the settings that OWASP names, and no more at once than there are cores', async () => {
    const { cost, atOnce } = await hashingOn(directory)
    expect(cost.memoryKib * cost.passes).toBeGreaterThanOrEqual(7 * 1024 * 5)
    expect(cost.memoryKib).toBeGreaterThanOrEqual(7 * 1024)
    expect(atOnce).toBeGreaterThanOrEqual(1)
    expect(atOnce).toBeLessThanOrEqual(cores)
  })

  it('is kept, and not measured again', async () => {
    const measured = await hashingOn(directory)
    const kept = readFileSync(file, 'utf8')
    expect(await hashingOn(directory)).toEqual(measured)
    expect(readFileSync(file, 'utf8')).toBe(kept)
  })

  it.each([
    ['of a machine with other cores', JSON.stringify({ cost: QUICK, atOnce: 64, cores: 64 + cores })],
    ['damaged', '{"cost":'],
    ['weaker than OWASP allows', JSON.stringify({ cost: { memoryKib: 1024, passes: 1 }, atOnce: 1, cores })],
  ])('is measured anew when what is kept is %s', async (_, kept) => {
    writeFileSync(file, kept)
    const measured = await hashingOn(directory)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(measured)
    expect(measured.cores).toBe(cores)
  })
})

describe('a PIN', () => {
  /** Opens the store, sets a PIN for somebody new, and gives what its hash costs. */
  async function costOfNewPin(): Promise<HashCost> {
    const { db, pinKey } = await openStore(readConfig({ DATA_DIR: directory }))
    try {
      const employeeId = await addEmployee(db, { name: 'Ann', email: null }, 'test')
      await setPin(db, pinKey, { employeeId, pin: '80527', actor: 'test' })
      const { hash } = await db
        .selectFrom('pins')
        .select('hash')
        .where('employee_id', '=', employeeId)
        .executeTakeFirstOrThrow()
      return costOf(hash)
    } finally {
      await db.destroy()
    }
  }

  it('costs what is quickest on this machine', async () => {
    keepHashing(directory, { cost: QUICK, atOnce: 1, cores })
    expect(await costOfNewPin()).toEqual(QUICK)
  })

  it('costs what those do that are there, so that no answer tells which IDs there are', async () => {
    keepHashing(directory, { cost: USUAL_COST, atOnce: 1, cores })
    await costOfNewPin()
    keepHashing(directory, { cost: QUICK, atOnce: 1, cores })
    expect(await costOfNewPin()).toEqual(USUAL_COST)
  })
})
