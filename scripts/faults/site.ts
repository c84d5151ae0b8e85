/** A company's premises, to break: a PBX, Punchline on a disk of its own, the network between them, and a mail server. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../rig/free-port.js'
import { type MailServer, openMailServer } from '../rig/mail-server.js'
import { type Pbx, startPbx } from '../rig/pbx.js'
import { PunchlineProcess } from '../rig/punchline-process.js'
import { until } from '../rig/until.js'
import { Disk } from './disk.js'
import { type Employee, hire } from './employees.js'
import { Wire } from './wire.js'

export interface Site {
  readonly pbx: Pbx
  readonly punchline: PunchlineProcess
  readonly disk: Disk
  /** On that disk. */
  readonly dataDirectory: string
  readonly wire: Wire
  readonly mailServer: MailServer
  readonly employees: readonly Employee[]
  close(): Promise<void>
}

/** Builds it and starts everything. What Punchline logs goes into `logFile`. */
export async function openSite(employeeCount: number, logFile: string): Promise<Site> {
  /** What is to be done away with at the end, the latest first. */
  const built: (() => unknown)[] = []
  const close = async () => {
    for (const undo of built.splice(0).reverse()) await undo()
  }
  try {
    const disk = new Disk()
    built.push(() => disk.destroy())
    const dataDirectory = join(disk.directory, 'punchline')
    mkdirSync(dataDirectory, { mode: 0o700 })
    const employees = await hire(dataDirectory, employeeCount)
    const pbx = await startPbx('faults')
    built.push(() => pbx.stop())
    const wire = await Wire.open(Number(new URL(pbx.ariUrl).port))
    built.push(() => wire.close())
    const mailServer = await openMailServer()
    built.push(() => mailServer.close())
    const port = await freePort()
    const variables = {
      DATA_DIR: dataDirectory,
      ARI_URL: wire.url,
      ARI_PASSWORD_FILE: pbx.passwordFile,
      HTTP_PORT: String(port),
      TIME_ZONE: 'America/New_York',
      SMTP_URL: mailServer.url,
      MAIL_FROM: 'clock@example.com',
      PUBLIC_URL: 'https://clock.example.com',
    }
    const punchline = new PunchlineProcess(variables, logFile)
    built.push(() => punchline.end('SIGTERM'))
    punchline.start()
    const health = () => fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null)
    await until('Punchline is connected', async () => (await health())?.ok, 60_000)
    return { pbx, punchline, disk, dataDirectory, wire, mailServer, employees, close }
  } catch (error) {
    await close()
    throw error
  }
}
