/** The pages that admins use day by day, the API, the export, the board and a webhook, at 2,000,000 time entries. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { SECOND } from '../../src/clock/time.js'
import { addApiToken } from '../../src/store/api-tokens.js'
import { addWebhook } from '../../src/store/webhooks.js'
import { WebhookDelivery } from '../../src/webhooks/delivery.js'
import { openWebhookReceiver } from '../../tests/support/webhook-receiver.js'
import { LiveStream } from '../../tests/web/support/live-stream.js'
import { type Office, openOffice } from '../../tests/web/support/office.js'
import { signedInAdmin, type Visitor } from '../../tests/web/support/visitor.js'
import build from '../rig/build.js'
import { type Company, foundCompany, LARGE } from './company.js'
import { type Figure, measure, type Say } from './measure.js'

const TIME_ZONE = 'America/New_York'
const PAGE = { runs: 40, limitMs: 150, limitP99Ms: 400 }
const WARM_UP = 5
const MOST_EXPORT_MB = 200

export async function benchDayToDay(say: Say): Promise<Figure[]> {
  const office = await openOffice({ timeStyle: { timeZone: TIME_ZONE, hours: 12 } })
  try {
    const began = performance.now()
    const company = await foundCompany(office.db, office.pinKey, TIME_ZONE)
    say(`${company.entries} time entries were written in ${((performance.now() - began) / SECOND).toFixed(0)} s`)
    const admin = await signedInAdmin(office)
    const figures = [
      ...(await benchPages(office, company, admin, say)),
      ...(await benchBoard(office, admin)),
      ...(await benchWebhook(office)),
    ]
    await benchExport(office, company, say)
    return figures
  } finally {
    await office.close()
  }
}

/** What is measured, by its address. */
export function addresses({ workingDays, entries }: Company): string[] {
  const twoWeeks = `from=${workingDays.at(-10)}&to=${workingDays.at(-1)}`
  const entry = entries - 1234
  return [
    '/',
    '/time-entries',
    ...['entries', 'employees', 'jobs', 'days'].map(view => `/time-entries?${twoWeeks}&view=${view}`),
    `/time-entries?${twoWeeks}&page=500`,
    `/time-entries?${twoWeeks}&employee=777`,
    `/time-entries?${twoWeeks}&job=7`,
    `/time-entries?from=${workingDays[0]}&to=${workingDays.at(-1)}&employee=777&view=days`,
    '/time-entries/missing',
    `/time-entries/${entry}`,
    '/time-entries/new?employee=777',
    '/voice-checks',
    '/voice-checks?list=doubtful',
    '/voice-checks?list=heard',
    `/voice-checks/${entry * 2}`,
    '/unclaimed-punches',
    '/unclaimed-punches?list=settled',
    '/calls',
    '/calls?employee=777',
    `/calls/${entries * 2 + 100}`,
    '/employees',
    '/employees?q=mei+employee+77',
    '/employees/777',
    '/jobs',
    '/phone-clocking',
    '/phone-clocking?q=employee+777',
    '/phone-clocking/777',
    '/settings',
    '/webhooks',
    '/api/v1/entries',
    `/api/v1/entries?${twoWeeks}`,
    '/api/v1/punches',
    `/api/v1/punches?${twoWeeks}`,
    '/api/v1/employees',
  ]
}

async function benchPages({ db }: Office, company: Company, admin: Visitor, say: Say): Promise<Figure[]> {
  const token = await addApiToken(db, 'bench', 'bench')
  const figures: Figure[] = []
  for (const address of addresses(company)) {
    const headers = address.startsWith('/api') ? { authorization: `Bearer ${token}` } : {}
    const get = async () => {
      const response = await admin.get(address, headers)
      await response.arrayBuffer()
      return response.status
    }
    const status = await get()
    if (status !== 200) {
      say(`${address} answered ${status}`, false)
      continue
    }
    for (let run = 1; run < WARM_UP; run++) await get()
    figures.push(await measure(address, PAGE, get))
  }
  return figures
}

/** From the punch to the event that tells the board of it. */
async function benchBoard(office: Office, admin: Visitor): Promise<Figure[]> {
  const stream = await LiveStream.open(admin, '/who-is-in/live')
  await stream.until('data:')
  const punches = punchesOf(office)
  const figure = await measure(
    'punch until the board knows',
    { runs: 20, limitMs: SECOND, limitP99Ms: SECOND },
    async () => {
      const { value: employeeId } = await punches.next()
      await stream.until(`Employee ${employeeId}<`)
    },
  )
  await stream.close()
  return [figure]
}

/** From the punch to the request that a receiver gets. */
async function benchWebhook(office: Office): Promise<Figure[]> {
  const receiver = await openWebhookReceiver()
  const { db, linkKey } = office
  await addWebhook(db, receiver.url, 'bench')
  const delivery = new WebhookDelivery({ db, linkKey, log: pino({ level: 'silent' }) })
  delivery.start()
  const punches = punchesOf(office)
  const figure = await measure(
    'punch until a webhook has it',
    { runs: 20, limitMs: SECOND, limitP99Ms: 2 * SECOND },
    async () => {
      const count = receiver.received.length + 1
      await punches.next()
      await receiver.reached(count)
    },
  )
  await delivery.stop()
  await receiver.close()
  return [figure]
}

/** Calls, one after the other, of employees who are not in, whose numbers it gives. */
async function* punchesOf(office: Office): AsyncGenerator<number, never> {
  for (let employeeId = LARGE.active; ; employeeId--) {
    await office.call(employeeId, { at: Date.now() })
    yield employeeId
  }
}

/** As IT runs it, beside a Punchline that serves pages. */
async function benchExport({ directory }: Office, { workingDays }: Company, say: Say): Promise<void> {
  build()
  const range = ['--from', workingDays.at(-100) ?? '', '--to', workingDays.at(-1) ?? '']
  const env = { PATH: process.env.PATH, DATA_DIR: directory, TIME_ZONE, ARI_URL: 'http://127.0.0.1:1' }
  const child = spawn('dist/cli.js', ['export', 'entries', ...range], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const began = performance.now()
  let peakMb = 0
  const looking = setInterval(() => {
    peakMb = Math.max(peakMb, peakMemoryMb(child.pid ?? 0))
  }, 20)
  let rows = -1
  child.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 10) rows++
  })
  await once(child, 'close')
  clearInterval(looking)
  const seconds = (performance.now() - began) / SECOND
  say(
    `the export of ${rows} rows took ${seconds.toFixed(1)} s, ${(rows / seconds).toFixed(0)} rows a second, and ${peakMb.toFixed(0)} MB at most (limit ${MOST_EXPORT_MB})`,
    child.exitCode === 0 && peakMb < MOST_EXPORT_MB && rows > 900_000,
  )
}

/** The most memory that a process had at once so far, 0 when it is gone. Linux says it. */
function peakMemoryMb(pid: number): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kilobytes ?? 0) / 1024
  } catch {
    return 0
  }
}
