/** What `punchline doctor` says of a real Asterisk: as it is delivered, and of one that somebody was careless with. */
import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { type Punchline, startPunchline } from './support/punchline.js'

let pbx: Pbx
let punchline: Punchline

afterEach(async () => {
  await punchline.close()
  await pbx.stop()
})

/** What the doctor prints, by the names of its checks. It fails when something is wrong, and not for a warning. */
async function doctor(mainConfig?: string): Promise<Map<string, string>> {
  pbx = await startPbx('test', mainConfig === undefined ? {} : { mainConfig })
  punchline = await startPunchline(pbx)
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: punchline.workspace.directory,
    ARI_URL: pbx.ariUrl,
    ARI_PASSWORD_FILE: pbx.passwordFile,
    HTTP_PORT: new URL(punchline.url).port,
  }
  const { stdout } = await promisify(execFile)('node', ['dist/cli.js', 'doctor'], { env })
  // What is to be typed stands below its line, further in.
  const lines = stdout
    .trimEnd()
    .split('\n')
    .filter(line => !line.startsWith(' '))
  return new Map(lines.map(line => [line.slice(7, 20).trim(), `${line.slice(0, 7).trim()}: ${line.slice(20)}`]))
}

/** The company's PBX as somebody left it who wanted it to work at last. */
function carelessConfig(): string {
  const directory = mkdtempSync(join(tmpdir(), 'punchline-pbx-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  cpSync('tests/calls/company-pbx', directory, { recursive: true })
  writeFileSync(join(directory, 'http.conf'), '[general]\nenabled = yes\nbindaddr = 0.0.0.0\nbindport = @ARI_PORT@\n')
  appendFileSync(
    join(directory, 'pjsip.conf'),
    '\n[anonymous]\ntype = endpoint\ncontext = from-anybody\ndisallow = all\nallow = ulaw\n',
  )
  return directory
}

describe('punchline doctor', () => {
  it('warns of nothing on the PBX that is delivered', async () => {
    const said = await doctor()
    expect([...said.values()].filter(line => !/^(ok|todo): /.test(line))).toEqual([])
    expect(said.get('modules')).toMatch(/^ok: \d+, none that Punchline does not need$/)
  })

  it('warns of ARI on the network, of an endpoint for anybody, and of modules, and does not fail', async () => {
    const said = await doctor(carelessConfig())
    expect(said.get('ARI network')).toMatch(
      /^warn: Asterisk's HTTP server, and so ARI, is open to the network at http:\/\/\S+.* Set bindaddr = 127\.0\.0\.1 in http\.conf/,
    )
    expect(said.get('anonymous')).toMatch(
      /^warn: PJSIP takes calls from anybody: .* leads into the context "from-anybody"\. Remove it/,
    )
    expect(said.get('modules')).toMatch(
      /^warn: Asterisk has loaded \d{3} that Punchline does not need, among them app_system \(runs commands\), .* more of that kind\. If this PBX/,
    )
    expect(said.get('ARI password')).toMatch(/^ok: /)
  })
})
