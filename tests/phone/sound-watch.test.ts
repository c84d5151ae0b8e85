/** What is noticed of a call without a key, and when. */
import { expect, it } from 'vitest'
import { tooOld } from '../../src/phone/asterisk/line-fault.js'
import { soundTrouble } from '../../src/phone/sound-watch.js'

it.each([
  [{ received: 0, isConfirmed: false }, false, 'no-sound'],
  [{ received: 0, isConfirmed: false }, true, 'no-sound'],
  [{ received: 400, isConfirmed: true }, false, null],
  [{ received: 800, isConfirmed: true }, true, 'no-keys'],
  [{ received: 800, isConfirmed: false }, true, 'no-sign'],
] as const)('of %o, after a long wait %s: %s', (sound, hasWaited, trouble) => {
  expect(soundTrouble(sound, hasWaited)).toBe(trouble)
})

it.each(['17.9.4', '16.28.0', '13.38.3', 'certified/16.8-cert14'])(
  'Asterisk %s is too old, and is said to be',
  version => {
    expect(tooOld(version)?.message).toBe(`Asterisk ${version} is too old: Punchline needs 18 or later.`)
  },
)

it.each(['18.26.4', '20.5.2', '22.10.1', 'certified/20.7-cert5', 'GIT-master-1a2b3c', 'of unknown version'])(
  'Asterisk %s is not',
  version => expect(tooOld(version)).toBeNull(),
)
