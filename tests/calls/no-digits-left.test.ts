/** After calls, some right, some wrong and one cut short by a kill, every file that was written is searched for the keys. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import { type Punchline, startPunchline } from './support/punchline.js'

/** As no number, time or length that is written down anyway; no digit twice in a row. */
const PIN = '9081726354'
const WRONG = '6172839405'
const INSTEAD_OF_ID = '8273645019'
const KEYED = [PIN, WRONG, INSTEAD_OF_ID]

let pbx: Pbx
let punchline: Punchline

beforeAll(async () => {
  pbx = await startPbx('test')
  punchline = await startPunchline(pbx, { LOG_LEVEL: 'debug' })
})

afterAll(async () => {
  await punchline?.close()
  await pbx?.stop()
})

/** Every file under a directory. */
function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map(name => join(directory, name))
    .filter(file => statSync(file, { throwIfNoEntry: false })?.isFile())
}

/** In one piece, as UTF-16, or one line after the other, as events are logged; each of those may be there more than once. */
function digitsIn(content: Buffer, digits: string): boolean {
  if (content.includes(digits) || content.includes(Buffer.from(digits, 'utf16le'))) return true
  const lines = content.toString('latin1').matchAll(/(?:digit|dtmf)[^\n]*?['":](\d)['",}]/gi)
  const events = [...lines].map(match => match[1]).join('')
  return events.replace(/(\d)\1+/g, '$1').includes(digits)
}

function found(files: readonly string[]): string[] {
  return files.filter(file => KEYED.some(digits => digitsIn(readFileSync(file), digits)))
}

describe('the keys that callers press', () => {
  it('are in no file and no line that Punchline or Asterisk wrote', async () => {
    const ann = await punchline.workspace.hire('Ann', PIN)
    const right = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#${PIN}##` })
    expect(await right.ended).toBe('pbx')
    const wrong = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#${WRONG}#${INSTEAD_OF_ID}#${PIN}#` })
    await wrong.hears('id-and-pin-do-not-match', { within: 20_000 })
    await wrong.hangUp()
    // A call that is cut off while keys are on their way, as a crash would.
    const cut = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#${PIN}` })
    await until('the keys are being taken', async () => punchline.log().includes('phone clock ID entered'))
    await punchline.kill()
    await cut.hangUp()
    await punchline.start()

    const written = [...filesUnder(punchline.workspace.directory), ...filesUnder(pbx.directory)]
    expect(written.length).toBeGreaterThan(10)
    expect(written.filter(file => /punchline\.db$|\/log\/messages/.test(file))).not.toEqual([])
    expect(found(written)).toEqual([])
    for (const digits of KEYED) expect(digitsIn(Buffer.from(punchline.log()), digits)).toBe(false)
    expect(existsSync('core')).toBe(false)
  })

  it('would be in Asterisk’s log if that logged keys, and would be found there', async () => {
    expect(pbx.console('logger show channels')).not.toMatch(/DTMF|DEBUG/i)
    pbx.console('logger add channel control dtmf')
    const call = await punchline.call({ keysAtAnswer: `10000#${WRONG}#` })
    await call.hears('id-and-pin-do-not-match', { within: 20_000 })
    await call.hangUp()
    pbx.console('logger remove channel control')
    expect(found(filesUnder(pbx.directory)).map(file => file.split('/').at(-1))).toEqual(['control'])
    execFileSync('rm', ['-f', ...found(filesUnder(pbx.directory))])
  })
})
