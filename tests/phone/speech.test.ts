import { expect, it } from 'vitest'
import { formatWav } from '../../scripts/telephone/wav.js'
import { listen } from '../../src/phone/call.js'
import { click, drone, silence, speech } from '../support/sound.js'

it('hears speech', () => {
  expect(listen(formatWav(speech(2)))).toMatchObject({ hasSpeech: true, durationMs: 2000 })
})

it('hears a name that is said in half a second', () => {
  expect(listen(formatWav(speech(0.5))).hasSpeech).toBe(true)
})

it.each([
  ['silence', silence(2)],
  ["an engine's drone", drone(4)],
  ['a click on the line', click(2)],
])('hears no speech in %s', (_, samples) => {
  expect(listen(formatWav(samples)).hasSpeech).toBe(false)
})

it.each([
  ['no recording', null],
  ['an empty file', new Uint8Array()],
  ['a file without sound', formatWav(new Int16Array())],
  ['something else than a WAV file', new TextEncoder().encode('<html>not a recording</html>')],
])('takes %s as nothing recorded', (_, wav) => {
  expect(listen(wav)).toEqual({ wav: null, durationMs: 0, hasSpeech: false })
})

it('hears what is there of a file that was cut short', () => {
  const whole = formatWav(speech(2))
  expect(listen(whole.subarray(0, whole.length / 2))).toMatchObject({ hasSpeech: true })
})

it('hears what was said on a recording that the PBX, killed meanwhile, never closed', () => {
  const recorded = formatWav(speech(2))
  const unclosed = Buffer.from(recorded)
  for (const at of [4, 40]) unclosed.writeUInt32LE(0, at)
  expect(listen(unclosed)).toEqual({ ...listen(recorded), wav: new Uint8Array(recorded) })
})
