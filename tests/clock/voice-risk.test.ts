import { expect, it } from 'vitest'
import { SHORTEST_NAME, type VoiceFacts, voiceReasons, voiceRisk } from '../../src/clock/voice-risk.js'

const PLAIN: VoiceFacts = { hasSpeech: true, durationMs: 3000, numberIsNew: false, numberIsShared: false }

it.each<[string, Partial<VoiceFacts>, number, string[]]>([
  ['a name from the usual number', {}, 0, []],
  ['a silence', { hasSpeech: false }, 4, ['silent']],
  ['what is too short for a name', { durationMs: SHORTEST_NAME - 1 }, 4, ['short']],
  ['what is just long enough', { durationMs: SHORTEST_NAME }, 0, []],
  ['a short silence, which is called silent', { hasSpeech: false, durationMs: 10 }, 4, ['silent']],
  ['a number that is new', { numberIsNew: true }, 2, ['new number']],
  ['a number that others used too', { numberIsShared: true }, 1, ['shared number']],
  [
    'all of it at once',
    { hasSpeech: false, numberIsNew: true, numberIsShared: true },
    7,
    ['silent', 'new number', 'shared number'],
  ],
])('%s', (_what, facts, risk, reasons) => {
  expect(voiceRisk({ ...PLAIN, ...facts })).toBe(risk)
  expect(voiceReasons({ ...PLAIN, ...facts })).toEqual(reasons)
})

it('a missing voice outweighs everything about numbers', () => {
  expect(voiceRisk({ ...PLAIN, hasSpeech: false })).toBeGreaterThan(
    voiceRisk({ ...PLAIN, numberIsNew: true, numberIsShared: true }),
  )
})
