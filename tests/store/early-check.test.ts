/** A PIN whose check begins before `#`, against the real database and the real hash. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { EarlyCheck } from '../../src/store/early-check.js'
import { hashPin, type PinKey } from '../../src/store/hashing.js'
import { tellEach } from '../phone/scripted-caller.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let workspace: Workspace
let check: EarlyCheck
let hash: string
let ann: { id: number; phoneClockId: string }
let pinKey: PinKey
let hashes: number

beforeEach(async () => {
  workspace = await openWorkspace()
  ann = await workspace.hire('Ann', '2468')
  const pin = workspace.db.selectFrom('pins').select('hash').where('employee_id', '=', ann.id)
  hash = (await pin.executeTakeFirstOrThrow()).hash
  hashes = 0
  const { secret, ...rest } = workspace.pinKey
  // Each hash takes the secret once.
  const counted = () => {
    hashes += 1
    return secret
  }
  pinKey = Object.defineProperty({ ...rest, secret }, 'secret', { get: counted })
  check = new EarlyCheck(workspace.db, pinKey, ann.phoneClockId)
})

afterEach(() => workspace.close())

const key = (pin: string) => tellEach(pin, digits => check.keyed(digits))

it('The hash is under way when the last digit is keyed, and no other is made when the PIN is judged', async () => {
  key('2468')
  await vi.waitFor(() => expect(hashes).toBe(1))
  expect(await check.matches(hash, '2468')).toBe(true)
  expect(hashes).toBe(1)
})

it('A wrong PIN does not match, whenever its hash was made', async () => {
  key('1357')
  expect(await check.matches(hash, '1357')).toBe(false)
})

it('A PIN of another length than usual is hashed when it is judged', async () => {
  key('246')
  expect(hashes).toBe(0)
  expect(await check.matches(hash, '246')).toBe(false)
  expect(hashes).toBe(1)
})

it('Who clears a PIN and keys another is judged by the other, and has one hash made early', async () => {
  key('1357')
  key('1358')
  key('2468')
  await vi.waitFor(() => expect(hashes).toBe(1))
  expect(await check.matches(hash, '2468')).toBe(true)
  expect(hashes).toBe(2)
})

it('A PIN that changes between its last digit and the pound key is judged by the new one', async () => {
  key('2468')
  await vi.waitFor(() => expect(hashes).toBe(1))
  const changed = await hashPin('9173', workspace.pinKey)
  expect(await check.matches(changed, '2468')).toBe(false)
})

it('A PIN at an ID that nobody has is compared with something, and matches nothing', async () => {
  check = new EarlyCheck(workspace.db, pinKey, '99999')
  key('2468')
  expect(await check.matches(null, '2468')).toBe(false)
  expect(hashes).toBe(1)
})

it('No attempt is on record of a PIN that was not ended', async () => {
  key('2468')
  await vi.waitFor(() => expect(hashes).toBe(1))
  expect(await workspace.db.selectFrom('pin_attempts').selectAll().execute()).toEqual([])
})
