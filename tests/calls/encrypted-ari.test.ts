/** ARI over TLS, as to an Asterisk on another machine: with an authority of the company's own, and with impostors. */
import { execFile, spawn } from 'node:child_process'
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../scripts/rig/free-port.js'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import { type Authority, makeAuthority } from './support/certificates.js'
import { type Punchline, startPunchline } from './support/punchline.js'
import { punchesOf } from './support/records.js'

let directory: string
let authority: Authority
let pbx: Pbx
let punchline: Punchline
let url: string

/** The private Asterisk's files with the lines of http.conf that asterisk-config/README.md names. */
function configWithTls(port: number): string {
  const config = join(directory, 'config')
  cpSync('scripts/private-asterisk', config, { recursive: true })
  const { certificate, key } = authority.sign()
  copyFileSync(certificate, join(config, 'ari.pem'))
  copyFileSync(key, join(config, 'ari-key.pem'))
  const tls = [
    'tlsenable = yes',
    `tlsbindaddr = 127.0.0.1:${port}`,
    'tlscertfile = @DIR@/etc/ari.pem',
    'tlsprivatekey = @DIR@/etc/ari-key.pem',
  ]
  const http = join(config, 'http.conf')
  writeFileSync(http, readFileSync(http, 'utf8').replace('[general]\n', `[general]\n${tls.join('\n')}\n`))
  return config
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-tls-'))
  authority = makeAuthority(directory, 'company')
  const port = await freePort()
  url = `https://127.0.0.1:${port}`
  pbx = await startPbx('test', { mainConfig: configWithTls(port) })
  punchline = await startPunchline(pbx, { ARI_URL: url, NODE_EXTRA_CA_CERTS: authority.certificate })
})

afterAll(async () => {
  await punchline?.close()
  await pbx?.stop()
  rmSync(directory, { recursive: true })
})

const environment = (more: Record<string, string> = {}) => ({
  PATH: process.env.PATH,
  DATA_DIR: join(directory, 'data'),
  ARI_URL: url,
  ARI_PASSWORD_FILE: pbx.passwordFile,
  ...more,
})
const doctor = (variables: NodeJS.ProcessEnv, check: string) =>
  promisify(execFile)('node', ['dist/cli.js', 'doctor', '--only', check], { env: variables }).then(
    ({ stdout }) => stdout,
    ({ stdout }) => String(stdout),
  )

it('a call clocks in, with the voice check fetched, when Punchline knows the authority', async () => {
  const ann = await punchline.workspace.hire('Ann', '2468')
  const call = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#2468#` })
  await call.hears('tone', { part: 'end', within: 20_000 })
  await call.speak(800)
  await call.press('#')
  expect(await call.ended).toBe('pbx')
  expect(await punchesOf(punchline, ann.id)).toHaveLength(1)
  await until('the voice check is kept', () =>
    punchline.workspace.db.selectFrom('voice_checks').select('id').where('has_speech', '=', 1).executeTakeFirst(),
  )
  const known = environment({ NODE_EXTRA_CA_CERTS: authority.certificate })
  expect(await doctor(known, 'ARI')).toMatch(/^ok {5}ARI {10}Asterisk \S+ at https:/)
  expect(await doctor(known, 'ARI network')).toBe('ok     ARI network  encrypted, to 127.0.0.1\n')
})

it('a Punchline that does not know the authority connects to nothing, and says why', async () => {
  const why = /does not prove that it is your Asterisk \(.+?\)\./
  const remedy = 'If your own authority signed its certificate'
  expect(await doctor(environment(), 'ARI')).toMatch(
    new RegExp(`^WRONG {2}ARI {10}What answers at ${url} ${why.source} ${remedy}`),
  )
  const port = await freePort()
  const other = spawn('node', ['dist/cli.js', 'start'], { env: environment({ HTTP_PORT: String(port) }) })
  onTestFinished(() => void other.kill())
  let log = ''
  other.stdout.on('data', text => (log += text))
  await until('it says why, and what to do', () => why.test(log) && log.includes(remedy))
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(503)
})

it("an impostor in Asterisk's place gets neither the password nor a word", async () => {
  const { certificate, key } = makeAuthority(directory, 'impostor').sign()
  await pbx.crash()
  const impostor = createServer({ cert: readFileSync(certificate), key: readFileSync(key) })
  onTestFinished(() => void impostor.close())
  const heard: string[] = []
  let visits = 0
  impostor.on('connection', () => (visits += 1))
  impostor.on('request', request => heard.push(String(request.url)))
  impostor.on('upgrade', request => heard.push(String(request.url)))
  impostor.listen(Number(new URL(url).port), '127.0.0.1')
  await until('Punchline has tried again and again', () => visits >= 3)
  expect(heard).toEqual([])
  expect((await fetch(`${punchline.url}/healthz`)).status).toBe(503)
})
