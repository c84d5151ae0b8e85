/** Hashes are argon2id's own: those that another implementation made are as good. */
import { expect, it } from 'vitest'
import { USUAL_COST } from '../../src/store/hash-cost.js'
import { hashPassword, hashPin, type PinKey, verifyPassword, verifyPin } from '../../src/store/hashing.js'

const key: PinKey = { id: 'seven', secret: Buffer.alloc(32, 7), cost: USUAL_COST }

/** By the reference implementation (https://github.com/P-H-C/phc-winner-argon2), as Punchline 0.1 kept them. */
const PIN_80527 = '$argon2id$v=19$m=19456,t=2,p=1$DFPk10QHWcJygHQUlLWAAA$n9jknbP107jYAN7phO1/2iHCjamvWRktUXx35ZL2P8o'
const CORRECT_HORSE_BATTERY =
  '$argon2id$v=19$m=19456,t=2,p=1$4hhzgjUbL23eOJDfoIXYTQ$IjheCtI6iS7Ma2AKpm3xxnqf5bzjwH0CMRK9UAiAU4s'

it('A PIN that the reference implementation hashed with the key is the one, and no other is', async () => {
  expect(await verifyPin(PIN_80527, '80527', key)).toBe(true)
  expect(await verifyPin(PIN_80527, '80528', key)).toBe(false)
})

it('The right PIN is not the one under another key', async () => {
  expect(await verifyPin(PIN_80527, '80527', { ...key, secret: Buffer.alloc(32, 8) })).toBe(false)
})

it('A password that the reference implementation hashed is the one, and no other is', async () => {
  expect(await verifyPassword(CORRECT_HORSE_BATTERY, 'correct horse battery')).toBe(true)
  expect(await verifyPassword(CORRECT_HORSE_BATTERY, 'correct horse')).toBe(false)
})

it('What is hashed says that it is argon2id, at its cost, with a salt of its own', async () => {
  const atItsCost = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/
  const hashes = [await hashPin('80527', key), await hashPin('80527', key), await hashPassword('80527')]
  for (const hashed of hashes) expect(hashed).toMatch(atItsCost)
  expect(new Set(hashes.map(hashed => hashed.split('$')[4])).size).toBe(3)
})
