/** What IT's monitoring is told, on a listener of its own, of a real database that is made to fail. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answer } from '../../src/phone/answer.js'
import type { LastBackup } from '../../src/status/backup.js'
import type { LineStanding } from '../../src/status/pbx.js'
import { setPin } from '../../src/store/pins.js'
import { addWebhook } from '../../src/store/webhooks.js'
import { type Deed, ScriptedCaller } from '../phone/scripted-caller.js'
import { damageDatabase } from '../support/damage.js'
import { lockDatabase } from '../support/lock-holder.js'
import { scrape, seriesOf } from '../support/scrape.js'
import { LINE, type Office, openOffice } from './support/office.js'
import { setupLinkFor } from './support/setup-links.js'
import { Visitor, words } from './support/visitor.js'

const MONITOR = { host: '127.0.0.1', port: 0 }

let office: Office
let monitoring: string
let line: LineStanding
let backup: () => Promise<LastBackup | null>

beforeEach(async () => {
  line = LINE
  backup = async () => null
  office = await openOffice({ line: () => line, lastBackup: () => backup(), monitorHttp: MONITOR })
  monitoring = office.monitorUrl ?? ''
})

afterEach(() => office.close())

const ask = () => scrape(monitoring)

/** A call that keys this. */
async function call(deeds: Deed[], from = '+15550102'): Promise<void> {
  await answer(new ScriptedCaller(deeds), { channel: 'test', callerNumber: from, answeredAt: Date.now() }, office.clock)
}

async function hire(name: string): Promise<Deed[]> {
  const id = await office.hire(name, `${name.toLowerCase()}@example.com`)
  const phoneClockId = await setPin(office.db, office.pinKey, { employeeId: id, pin: '2468', actor: 'test' })
  return [`${phoneClockId}#`, '2468#']
}

describe('the listener for monitoring', () => {
  it('serves metrics in the text format, and health, and nothing else', async () => {
    const response = await fetch(`${monitoring}/metrics`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await (await fetch(`${monitoring}/healthz`)).json()).toMatchObject({ takesCalls: true })
    await office.addAdmin()
    const monitor = new Visitor({ url: monitoring })
    for (const path of ['/', '/sign-in', '/status', '/api/v1/employees', '/assets/style.css']) {
      const answered = await monitor.get(path)
      expect(answered.status).toBe(404)
      expect(await words(answered)).toContain('There is no such page.')
    }
    expect((await monitor.signIn()).status).toBe(404)
  })

  it('is there only where IT asks for one', async () => {
    const other = await openOffice()
    expect(other.monitorUrl).toBeNull()
    await other.close()
  })

  it('on a port that is taken is refused with what to do, and leaves no other open', async () => {
    const taken = Number(new URL(monitoring).port)
    await expect(openOffice({ monitorHttp: { ...MONITOR, port: taken } })).rejects.toThrow(
      `Port ${taken} on 127.0.0.1 is taken by another program. Stop it, or set MONITOR_PORT.`,
    )
  })
})

describe('the pages’ listener', () => {
  it('has no metrics', async () => {
    expect((await new Visitor(office).get('/metrics')).status).toBe(404)
  })

  it('tells this machine alone how Punchline is, and nobody whom a proxy passes on', async () => {
    const visitor = new Visitor(office)
    expect((await visitor.get('/healthz')).status).toBe(200)
    for (const header of ['X-Forwarded-For', 'Forwarded']) {
      const forwarded = await visitor.get('/healthz', { [header]: '127.0.0.1' })
      expect(forwarded.status).toBe(404)
      expect(await words(forwarded)).toContain('There is no such page.')
    }
  })
})

describe('calls', () => {
  it('are counted by what they came to, each outcome from zero on', async () => {
    const before = await ask()
    expect(seriesOf(before, 'punchline_calls_total').map(series => before.get(series))).toEqual(Array(7).fill(0))
    const ann = await hire('Ann')
    await call(ann)
    await call(['hang up'])
    await call(['silence', 'silence', 'silence'])
    const after = await ask()
    expect(after.get('punchline_calls_total{outcome="clocked-in"}')).toBe(1)
    expect(after.get('punchline_calls_total{outcome="hung-up"}')).toBe(1)
    expect(after.get('punchline_calls_total{outcome="unclaimed-punch"}')).toBe(1)
    expect(after.get('punchline_calls_total{outcome="handed-back"}')).toBe(0)
  })

  it('that meet a fault of the database are counted as handed back', async () => {
    await damageDatabase(office)
    await call(['hang up'])
    expect((await ask()).get('punchline_calls_total{outcome="handed-back"}')).toBe(1)
  })

  it('are in progress until they are over and kept', async () => {
    const caller = new ScriptedCaller(['hang up'])
    let letGo = () => {}
    caller.answer = () => new Promise(resolve => (letGo = resolve))
    const over = answer(caller, { channel: 'test', callerNumber: null, answeredAt: Date.now() }, office.clock)
    expect((await ask()).get('punchline_calls_in_progress')).toBe(1)
    letGo()
    await over
    expect((await ask()).get('punchline_calls_in_progress')).toBe(0)
  })

  it('make punches, which are counted by direction', async () => {
    const ann = await hire('Ann')
    await call(ann)
    await call([...ann, '1'])
    const found = await ask()
    expect(found.get('punchline_punches_total{direction="in"}')).toBe(1)
    expect(found.get('punchline_punches_total{direction="out"}')).toBe(1)
  })

  it('are timed from step to step', async () => {
    const ann = await hire('Ann')
    const caller = new ScriptedCaller(ann)
    const quick = caller.ask.bind(caller)
    caller.ask = async (...prompts) => {
      if (prompts.includes('enter-pin')) await sleep(300)
      return quick(...prompts)
    }
    await answer(caller, { channel: 'test', callerNumber: null, answeredAt: Date.now() }, office.clock)
    const found = await ask()
    const took = (step: string) => found.get(`punchline_call_step_duration_seconds_sum{step="${step}"}`)
    expect(took('PIN entered')).toBeGreaterThan(0.29)
    expect(took('PIN entered')).toBeLessThan(2)
    expect(took('phone clock ID entered')).toBeLessThan(0.2)
    for (const step of ['ID and PIN accepted', 'clocked in', 'recording the name', 'Punchline hung up']) {
      expect(found.get(`punchline_call_step_duration_seconds_count{step="${step}"}`)).toBe(1)
    }
  })

  it('leave no name, no number and no ID in what is told, however many there are', async () => {
    const ann = await hire('Ann')
    await call(ann, '+15550102')
    const ours = async () => [...(await ask()).keys()].filter(series => series.startsWith('punchline_'))
    const before = await ours()
    const bob = await hire('Bob')
    await call(bob, '+15550177')
    expect(await ours()).toEqual(before)
    expect(before.join()).not.toMatch(/Ann|Bob|example\.com|1555|Acme/)
    for (const [id = ''] of [ann, bob]) expect(before.join()).not.toContain(id.slice(0, -1))
  })
})

describe('the PBX', () => {
  it('is connected, or not: then no calls are taken', async () => {
    expect((await ask()).get('punchline_pbx_connected')).toBe(1)
    line = { ...LINE, takesCalls: false, since: 1_700_000_000_000, keptCalls: 3 }
    const found = await ask()
    expect(found.get('punchline_pbx_connected')).toBe(0)
    expect(found.get('punchline_takes_calls')).toBe(0)
    expect(found.get('punchline_pbx_since_timestamp_seconds')).toBe(1_700_000_000)
    expect(found.get('punchline_kept_calls')).toBe(3)
    expect(found.get('punchline_part_severity{part="PBX"}')).toBe(2)
  })
})

describe('the database', () => {
  it('takes writes, and has a size', async () => {
    const found = await ask()
    expect(found.get('punchline_takes_calls')).toBe(1)
    expect(found.get('punchline_database_size_bytes')).toBeGreaterThan(100_000)
    expect(seriesOf(found, 'punchline_database_fault').map(series => found.get(series))).toEqual(Array(6).fill(0))
  })

  it('that another process has locked is said to be so, within a second', async () => {
    const unlock = await lockDatabase(office.directory)
    const since = performance.now()
    const found = await ask()
    expect(performance.now() - since).toBeLessThan(1_000)
    expect(found.get('punchline_database_fault{fault="locked"}')).toBe(1)
    expect(found.get('punchline_takes_calls')).toBe(0)
    expect(found.has('punchline_database_size_bytes')).toBe(false)
    await unlock()
  })

  it('that is damaged is said to be so, and what it would tell is left out', async () => {
    await damageDatabase(office)
    await ask()
    await sleep(3_100)
    const found = await ask()
    expect(found.get('punchline_database_fault{fault="damaged"}')).toBe(1)
    expect(found.get('punchline_calls_total{outcome="clocked-in"}')).toBe(0)
    expect(found.has('punchline_mails_waiting')).toBe(false)
    expect(found.get('punchline_disk_free_bytes')).toBeGreaterThan(0)
  })
})

describe('the latest backup', () => {
  it('is told by its time', async () => {
    backup = async () => ({ at: 1_700_000_000_000 })
    expect((await ask()).get('punchline_last_backup_timestamp_seconds')).toBe(1_700_000_000)
  })

  it('is of long ago when there is none, and left out when its directory can’t be read', async () => {
    expect((await ask()).get('punchline_last_backup_timestamp_seconds')).toBe(0)
    const other = await openOffice({
      lastBackup: () => Promise.reject(new Error('EACCES: permission denied')),
      monitorHttp: MONITOR,
    })
    const found = await scrape(other.monitorUrl ?? '')
    expect(found.has('punchline_last_backup_timestamp_seconds')).toBe(false)
    expect(found.get('punchline_part_severity{part="Backup"}')).toBe(1)
    await other.close()
  })
})

describe('what waits to be sent', () => {
  it('is nothing at first', async () => {
    const found = await ask()
    expect(found.get('punchline_mails_waiting')).toBe(0)
    expect(found.get('punchline_webhook_deliveries_waiting')).toBe(0)
    expect(found.has('punchline_oldest_mail_timestamp_seconds')).toBe(false)
  })

  it('is counted: mails, with since when the oldest waits, and punches for each webhook', async () => {
    const now = Date.now() / 1000
    const ann = await office.hire('Ann', 'ann@example.com')
    await setupLinkFor(office, ann)
    for (const receiver of ['a', 'b']) await addWebhook(office.db, `https://${receiver}.example.com/punches`, 'test')
    await office.call(ann, { at: Date.now() })
    const found = await ask()
    expect(found.get('punchline_mails_waiting')).toBe(1)
    expect(found.get('punchline_oldest_mail_timestamp_seconds')).toBeGreaterThan(now - 1)
    expect(found.get('punchline_webhook_deliveries_waiting')).toBe(2)
  })
})

it('the versions at work are told, and how the process is', async () => {
  const found = await ask()
  expect(seriesOf(found, 'punchline_build_info')).toEqual([
    expect.stringMatching(
      /^punchline_build_info\{version="\d+\.\d+\.\d+",node="v\d+\.\d+\.\d+",asterisk="22\.9\.1",sqlite="3\.[\d.]+"\}$/,
    ),
  ])
  expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
  expect(found.has('nodejs_eventloop_lag_p99_seconds')).toBe(true)
})
