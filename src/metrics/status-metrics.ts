/** How the parts are, as the page Status has it: gauges of one moment. What is not known is left out. */
import { Gauge, Registry } from 'prom-client'
import { SECOND } from '../clock/time.js'
import type { Verdict } from '../status/finding.js'
import type { Reading } from '../status/reading.js'
import type { Report } from '../status/status.js'
import { STORE_FAULTS } from '../store/store-fault.js'

const SEVERITIES: { readonly [Each in Verdict]: number } = { ok: 0, attention: 1, wrong: 2 }
const DATABASE_FAULTS = [...Object.keys(STORE_FAULTS), 'unknown']

export function statusMetrics({ takesCalls, parts, versions, line, found }: Report): Registry {
  const registry = new Registry()
  const { database, freeDisk, lastBackup, lastCall, mailQueue, waitingDeliveries } = found

  const gauge = (name: string, help: string, value: number | null) => {
    if (value !== null) new Gauge({ name, help, registers: [registry] }).set(value)
  }
  /** A gauge with a value for each of a label's. */
  const gaugeBy = (label: string, name: string, help: string, values: readonly (readonly [string, number])[]) => {
    const gauge = new Gauge({ name, help, labelNames: [label], registers: [registry] })
    for (const [of, value] of values) gauge.set({ [label]: of }, value)
  }

  gauge(
    'punchline_takes_calls',
    'Whether a call that comes now is answered, and its punch written.',
    Number(takesCalls),
  )
  gaugeBy(
    'part',
    'punchline_part_severity',
    'What the page Status says of a part: 0 it is well, 1 it needs attention, 2 it is wrong.',
    parts.map(({ name, verdict }) => [name, SEVERITIES[verdict]]),
  )
  gauge('punchline_pbx_connected', 'Whether the line to the PBX takes calls.', Number(line.takesCalls))
  gauge('punchline_pbx_since_timestamp_seconds', 'Since when it does, or does not.', line.since / SECOND)
  gauge('punchline_kept_calls', 'Calls that wait on the PBX to be taken in, as it was asked last.', line.keptCalls)
  gaugeBy(
    'fault',
    'punchline_database_fault',
    'Whether this keeps the database from taking writes.',
    DATABASE_FAULTS.map(fault => [fault, Number(database.fault === fault)]),
  )
  gauge('punchline_database_size_bytes', 'Of the database.', database.fault === null ? database.bytes : null)
  gauge(
    'punchline_disk_free_bytes',
    'Room on the disk of the data directory.',
    ifKnown(freeDisk, bytes => bytes),
  )
  gauge(
    'punchline_last_backup_timestamp_seconds',
    'When the latest verified backup was made; 0: there is none.',
    ifKnown(lastBackup, backup => (backup?.at ?? 0) / SECOND),
  )
  gauge(
    'punchline_last_call_timestamp_seconds',
    'When the latest call that is over was answered; 0: there was none.',
    ifKnown(lastCall, call => (call?.answeredAt ?? 0) / SECOND),
  )
  gauge(
    'punchline_mails_waiting',
    'Mails that wait to be sent.',
    ifKnown(mailQueue, ({ waiting }) => waiting),
  )
  gauge(
    'punchline_oldest_mail_timestamp_seconds',
    'Since when the oldest of them waits; left out while none does.',
    ifKnown(mailQueue, ({ oldestAt }) => oldestAt && oldestAt / SECOND),
  )
  gauge(
    'punchline_webhook_deliveries_waiting',
    'Punches that wait to be sent to a webhook, counted for each webhook.',
    ifKnown(waitingDeliveries, count => count),
  )
  const info = new Gauge({
    name: 'punchline_build_info',
    help: 'The versions at work, as labels.',
    labelNames: ['version', 'node', 'asterisk', 'sqlite'],
    registers: [registry],
  })
  const { Punchline: version, Node: node, Asterisk: asterisk, SQLite: sqlite } = versions
  info.set({ version, node, asterisk, sqlite }, 1)
  return registry
}

function ifKnown<Value>(reading: Reading<Value>, figure: (value: Value) => number | null): number | null {
  return reading.isKnown ? figure(reading.value) : null
}
