/** What Punchline is told of a caller's number: by the provider's header, and by nobody unless IT switches it on. */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import type { Header } from '../../scripts/telephone/sip.js'
import { openAttacker } from './attacks/attacker.js'
import { listenToAttestations } from './support/told-attestation.js'

const VERIFIED = 'X-Attestation'

/** The private Asterisk's files, switched on as asterisk-config/README.md says. */
function configThatIsTold(): string {
  const directory = mkdtempSync(join(tmpdir(), 'punchline-pbx-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  cpSync('scripts/private-asterisk', directory, { recursive: true })
  const add = (file: string, text: string) => appendFileSync(join(directory, file), `\n${text}\n`)
  add('extensions.conf', '#include punchline/attestation_punchline.conf')
  add('pjsip.conf', `[punchline-trunk](+)\ncontext = punchline-told\nset_var = ATTESTATION_HEADER=${VERIFIED}`)
  add('modules.conf', '[modules](+)\nload = res_pjsip_header_funcs.so\nload = func_strings.so')
  return directory
}

/** What is told of the number of a call with these headers. */
async function listenTo(pbx: Pbx): Promise<(headers: readonly Header[]) => Promise<string | null>> {
  const told = await listenToAttestations(pbx)
  const caller = await openAttacker(pbx.sipAddress, {
    address: '127.0.0.1',
    number: '+15550177',
    redirectTo: '127.0.0.1',
  })
  onTestFinished(async () => {
    caller.close()
    await told.stop()
  })
  return headers =>
    told.ofCall(async () => {
      const call = await caller.call({ method: 'INVITE', uri: `sip:+15550100@${pbx.sipAddress}`, headers })
      onTestFinished(() => call.hangUp())
    })
}

it('a provider who verifies numbers is believed in the header that IT names, and in no other', async () => {
  const pbx = await startPbx('test', { mainConfig: configThatIsTold() })
  onTestFinished(() => pbx.stop())
  const told = await listenTo(pbx)
  expect(await told([])).toBe(null)
  const words: [string, string | null][] = [
    ['A', 'A'],
    ['B', 'B'],
    ['C', 'C'],
    ['TN-Validation-Passed-A', 'A'],
    ['TN-Validation-Passed-B', 'B'],
    ['TN-Validation-Passed', 'C'],
    ['TN-Validation-Failed', 'failed'],
    ['TN-Validation-Failed-A', 'failed'],
    ['No-TN-Validation', null],
    ['D', null],
    ['AA', null],
    ['', null],
    // A quotation mark or a comma gets nobody a better word.
    ['x" | "A', null],
    ['TN-Validation-Failed" & "A', 'failed'],
    ['No-TN-Validation,A', null],
    ['$' + '{CHANNEL}', null],
  ]
  for (const [word, attestation] of words) expect(await told([[VERIFIED, word]]), word).toBe(attestation)
  expect(
    await told([
      ['X-Other', 'A'],
      ['P-Attestation-Indicator', 'A'],
      ['Identity', 'x;ppt=shaken'],
    ]),
  ).toBe(null)
})

it('the delivered PBX believes nobody, and says nothing', async () => {
  const pbx = await startPbx('test')
  onTestFinished(() => pbx.stop())
  const told = await listenTo(pbx)
  for (const header of [VERIFIED, 'P-Attestation-Indicator', 'Attestation-Info']) {
    expect(await told([[header, 'A']]), header).toBe(null)
  }
})
