/** Calls that a telephone company signs (STIR/SHAKEN), on a PBX that verifies: a second Asterisk signs them. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../scripts/rig/free-port.js'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { openAttacker } from './attacks/attacker.js'
import { listenToAttestations, type Told } from './support/told-attestation.js'
import { configThatSigns, configThatVerifies, makeSigner, serveCertificates } from './telephone-company/signing.js'

let directory: string
let certificates: Server
let pbx: Pbx
let company: Pbx
let told: Told

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-signed-'))
  makeSigner(directory, 'trusted')
  makeSigner(directory, 'unknown')
  const port = await freePort()
  certificates = serveCertificates(directory, port)
  await once(certificates, 'listening')
  pbx = await startPbx('test', { mainConfig: configThatVerifies(directory, 'trusted') })
  const signing = configThatSigns(directory, port, [
    { number: '15550001', level: 'A', signer: 'trusted' },
    { number: '15550002', level: 'B', signer: 'trusted' },
    { number: '15550003', level: 'C', signer: 'trusted' },
    { number: '15550004', level: 'A', signer: 'unknown' },
  ])
  company = await startPbx('telephone-company', { mainConfig: signing, portsAbove: 2000 })
  told = await listenToAttestations(pbx)
})

afterAll(async () => {
  await told?.stop()
  await company?.stop()
  await pbx?.stop()
  certificates?.close()
  rmSync(directory, { recursive: true })
})

async function callFrom(callerId: string): Promise<void> {
  const password = readFileSync(company.passwordFile, 'utf8').trim()
  const endpoint = `PJSIP/line-ulaw/sip:+15550100@${pbx.sipAddress}`
  const query = new URLSearchParams({ endpoint, callerId, context: 'caller', extension: 'clock' })
  const headers = { authorization: `Basic ${btoa(`punchline:${password}`)}` }
  const response = await fetch(`${company.ariUrl}/ari/channels?${query}`, { method: 'POST', headers })
  expect(response.status).toBe(200)
}

it.each([
  ['that is fully vouched for', '+15550001', 'A'],
  ['whose customer is vouched for', '+15550002', 'B'],
  ['that was passed on', '+15550003', 'C'],
  ['that an unknown authority vouches for', '+15550004', 'failed'],
  ['that nobody vouches for', '+15550005', null],
])('a number %s is told as such', async (_, number, attestation) => {
  expect(await told.ofCall(() => callFrom(number))).toBe(attestation)
})

it('a forged signature is told as failed', async () => {
  const forger = await openAttacker(pbx.sipAddress, {
    address: '127.0.0.1',
    number: '+15550001',
    redirectTo: '127.0.0.1',
  })
  const attestation = await told.ofCall(() =>
    forger.call({
      method: 'INVITE',
      uri: `sip:+15550100@${pbx.sipAddress}`,
      headers: [
        ['Date', new Date().toUTCString()],
        ['Identity', 'eyJhbGciOiJFUzI1NiJ9.e30.x;info=<https://example.com/cert.pem>;alg=ES256;ppt=shaken'],
      ],
    }),
  )
  forger.close()
  expect(attestation).toBe('failed')
})
