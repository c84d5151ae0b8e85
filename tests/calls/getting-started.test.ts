/** What a real Asterisk and real calls show of the steps on the page Getting started, as `punchline doctor` says them. */
import { execFile } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { until } from '../../scripts/rig/until.js'
import { AsteriskLine } from '../../src/phone/asterisk/line.js'
import { startInstallation } from './support/installation.js'
import { callFrom, stepsOfCallFrom } from './support/records.js'
import { startTelephoneCompany } from './telephone-company/telephone-company.js'

const { pbx, punchline } = await startInstallation()
const company = await startTelephoneCompany(pbx)
afterAll(() => company.stop())

const ann = await punchline.workspace.hire('Ann', '2468')

/** What the doctor says of one step. */
async function doctor(step: string, variables: Record<string, string> = {}): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: punchline.workspace.directory,
    DIAL_IN_NUMBER: '555 0100',
    ARI_URL: pbx.ariUrl,
    ARI_PASSWORD_FILE: pbx.passwordFile,
    HTTP_PORT: new URL(punchline.url).port,
    ...variables,
  }
  const run = promisify(execFile)('node', ['dist/cli.js', 'doctor', '--only', step], { env })
  const { stdout } = await run.catch(error => error)
  return stdout.replace(/\s+/g, ' ').trim()
}

const troubleOf = (number: string) =>
  until(
    `the call from ${number} is over`,
    async () => {
      const call = await callFrom(punchline, number)
      return call?.ended_at && { trouble: call.trouble }
    },
    60_000,
  )

const Health = z.object({ failing: z.array(z.string()) })
const failing = async () => Health.parse(await (await fetch(`${punchline.url}/healthz`)).json()).failing

/** A line to the PBX that leads no call. */
function openLine(password: string): AsteriskLine {
  const line = new AsteriskLine(
    { url: pbx.ariUrl, username: 'punchline', password, app: 'punchline' },
    {
      onCall: async caller => caller.handBack(false),
      onReaction: () => {},
      isOnRecord: async () => false,
      onLeftRecording: async () => {},
    },
    pino({ level: 'silent' }),
  )
  line.start()
  onTestFinished(() => line.stop(AbortSignal.abort()))
  return line
}

/** A key as a telephone sends it in its sound (ITU-T Q.23), for 100 ms, and as long a pause. */
function tone(key: string): Int16Array {
  const place = '123A456B789C*0#D'.indexOf(key)
  const frequencies = [[697, 770, 852, 941][place >> 2] ?? 0, [1209, 1336, 1477, 1633][place & 3] ?? 0]
  const sample = (n: number) =>
    frequencies.reduce((sum, hertz) => sum + 6000 * Math.sin((2 * Math.PI * hertz * n) / 8000), 0)
  return Int16Array.from({ length: 1600 }, (_, n) => (n < 800 ? sample(n) : 0))
}

describe.sequential('sound and keys', () => {
  it('are not known before anybody has called', async () => {
    expect(await doctor('trunk')).toMatch(/^todo trunk Nobody has called yet\. Call the dial-in number\./)
    expect(await doctor('sound')).toBe(
      'todo sound Not known yet: nobody has called and keyed in an ID and a PIN. Call the dial-in number, listen, and key in both, right or wrong.',
    )
  })

  it('blocked on the way to the PBX are noticed, and said with what to do', async () => {
    const caller = await punchline.call({ from: '+15550181', isUnheard: true })
    await caller.hears('nothing-entered', { within: 20_000 })
    await caller.hangUp()
    expect(await troubleOf('+15550181')).toEqual({ trouble: 'no-sound' })
    expect(await stepsOfCallFrom(punchline, '+15550181')).toContain('no sound came from the caller')
    expect(await doctor('sound')).toMatch(
      /^WRONG sound On the call of .* no sound came from the caller: .* Let the firewall pass UDP to Asterisk’s RTP ports.* asterisk -rx "rtp show settings"$/,
    )
    expect(await doctor('keys')).toMatch(/^todo keys Not known: on the call of .* there was no sound\./)
  })

  it('blocked on the way to the caller, who hears nothing and keys nothing, are noticed as likely', async () => {
    const caller = await punchline.call({ from: '+15550182' })
    await caller.hears('nothing-entered', { within: 20_000 })
    await caller.hears('enter-phone-clock-id', { within: 20_000, part: 'end' })
    await caller.hangUp()
    expect(await troubleOf('+15550182')).toEqual({ trouble: 'no-sign' })
    expect(await doctor('sound')).toMatch(
      /^todo sound On the call of .* no key came, and nothing shows that the caller heard anything\. Call the number\. If you hear nothing, the way out is blocked/,
    )
  })

  it('of a caller who heard everything, and of whom no key came, are told apart', async () => {
    await company.listen('+15550100', '+15550183')
    expect(await troubleOf('+15550183')).toEqual({ trouble: 'no-keys' })
    expect(await doctor('sound')).toMatch(/^ok sound Heard in both directions on the call of /)
    expect(await doctor('keys')).toMatch(
      /^todo keys On the call of .* the caller heard the clock, and no key came\. .* dtmf_mode = inband$/,
    )
  })

  it('that comes as tones from a provider who offers RFC 4733 is heard once Asterisk is told to, as the remedy says', async () => {
    const keyed = async (number: string) => {
      const caller = await punchline.call({ from: number })
      await caller.hears('welcome')
      for (const key of `${ann.phoneClockId}#`) await caller.speak(tone(key))
      await caller.hears('enter-pin', { within: 12_000 }).catch(() => {})
      await caller.hangUp()
      await troubleOf(number)
      return stepsOfCallFrom(punchline, number)
    }
    expect(await keyed('+15550185')).not.toContain('phone clock ID entered')
    appendFileSync(join(pbx.directory, 'etc/punchline-site/pjsip.conf'), '\n[punchline-trunk](+)\ndtmf_mode = inband\n')
    pbx.console('module reload res_pjsip.so')
    expect(await keyed('+15550186')).toContain('phone clock ID entered')
  })

  it('are well again after the next call that keys an ID and a PIN, and so are the steps up to the first punch', async () => {
    expect(await doctor('first punch')).toMatch(
      /^todo first punch Nobody has clocked in by phone yet\. Call 555 0100, key in/,
    )
    const caller = await punchline.call({ from: '+15550184', keysAtAnswer: `${ann.phoneClockId}#2468#` })
    await caller.hears('clocked-in-at')
    await caller.hangUp()
    expect(await troubleOf('+15550184')).toEqual({ trouble: null })
    expect(await callFrom(punchline, '+15550184')).toMatchObject({ dialled_number: '5550100' })
    expect(await doctor('sound')).toMatch(/^ok sound Heard in both directions/)
    expect(await doctor('keys')).toMatch(/^ok keys Keys came on the call of /)
    expect(await doctor('trunk')).toMatch(/^ok trunk .*: clocked in\.$/)
    expect(await doctor('dial-in number')).toBe('ok dial-in number Employees are told to call 555 0100. Calls come in.')
    expect(await doctor('dial-in number', { DIAL_IN_NUMBER: '+1 555 0199' })).toMatch(
      /^todo dial-in number .* The latest calls came in for 5550100\. Call \+1 555 0199, and see .* DIAL_IN_NUMBER=5550100$/,
    )
    expect(await doctor('first employee')).toBe('ok first employee One employee can clock in.')
    expect(await doctor('first punch')).toMatch(/^ok first punch The first was made on /)
  })
})

describe('a line to Asterisk', () => {
  it('of which Asterisk refuses the password says so, and what has to be the same as what', async () => {
    const line = openLine('wrong')
    const fault = await until('it has failed', () => line.standing.fault)
    expect(fault).toMatchObject({
      code: 'password-refused',
      finding: 'Asterisk refuses the ARI user punchline or its password.',
      remedy: expect.stringContaining('ARI_PASSWORD_FILE must be those of a user in ari.conf'),
    })
    const passwordFile = join(punchline.workspace.directory, 'wrong-password')
    writeFileSync(passwordFile, 'wrong\n')
    expect(await doctor('ARI', { ARI_PASSWORD_FILE: passwordFile })).toMatch(
      /^WRONG ARI Asterisk refuses the ARI user punchline or its password\. .* asterisk -rx "module reload res_ari\.so"$/,
    )
  })

  it('that asks a server which is no Asterisk says so', async () => {
    expect(await doctor('ARI', { ARI_URL: punchline.url })).toMatch(
      /^WRONG ARI http:\S+ answers, but not as ARI does \(HTTP 404\)\. See that ARI_URL names Asterisk/,
    )
  })

  it('that is lost says why, and is well again by itself when Asterisk is back', async () => {
    await pbx.shutDown()
    await until('it is noticed', async () => (await failing()).includes('PBX: no-answer'))
    expect(await doctor('ARI')).toMatch(
      /^WRONG ARI Asterisk does not answer at http:.* \(.*\)\. Start it, and see that ARI_URL/,
    )
    await pbx.start()
    await punchline.connected()
    expect(await failing()).not.toContain('PBX: no-answer')
  })

  it('whose application another program takes over says so; a restart, once that has gone, sets it right', async () => {
    expect(await doctor('Stasis app')).toBe('ok Stasis app "punchline" is registered: calls are taken')
    const other = openLine(readFileSync(pbx.passwordFile, 'utf8').trim())
    await until('it is noticed', async () => (await failing()).includes('PBX: taken-over'))
    expect(await doctor('Stasis app')).toBe(
      'WRONG Stasis app Another program has taken over the Stasis application "punchline": calls arrive there. Stop that program, such as a second Punchline, then start this one again. Two on one Asterisk need different ARI_APPs.',
    )
    await other.stop(AbortSignal.abort())
    await punchline.stop()
    await punchline.start()
    expect(await doctor('Stasis app')).toMatch(/^ok Stasis app /)
  })
})
