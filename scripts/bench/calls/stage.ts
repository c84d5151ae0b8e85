/** Where the calls are measured: one Asterisk with two clocks on it, Punchline and the plain dialplan, and a crew that calls. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashingOn } from '../../../src/store/hash-cost.js'
import { freePort } from '../../rig/free-port.js'
import { type Pbx, startPbx } from '../../rig/pbx.js'
import { PunchlineProcess } from '../../rig/punchline-process.js'
import { until } from '../../rig/until.js'
import { machineSeconds, processorSeconds } from '../../rig/usage.js'
import { PEER_NUMBER, startPeer } from '../peer/peer.js'
import { Crew } from './crew.js'
import { Calls, type HeardCall } from './heard-call.js'
import type { CallReport, Destination, PlannedCall } from './plan.js'
import { type Employee, hire, lastCommit, punchesByEmployee } from './roster.js'
import { WireTap } from './wire-tap.js'

/** What is compared. */
export interface Clock {
  readonly name: 'Punchline' | 'plain dialplan'
  readonly destination: Destination
  /** Its own process, beside Asterisk. */
  pid(): number
  /** How many punches each employee has, by phone clock ID. */
  punches(): Promise<ReadonlyMap<string, number>>
}

export interface Listened {
  readonly reports: readonly CallReport[]
  readonly calls: readonly HeardCall[]
  /** Seconds of a processor that these took meanwhile. */
  readonly processor: { readonly clock: number; readonly asterisk: number; readonly callers: number }
  /** Seconds that the machine's processors were idle, and that other machines had of them. */
  readonly machine: { readonly idle: number; readonly stolen: number }
  readonly seconds: number
}

export interface Stage {
  readonly punchline: PunchlineProcess
  readonly employees: readonly Employee[]
  /** So many who have not punched on this stage; they are others each time. */
  whoHaveNotCalled(count: number): readonly Employee[]
  /** Punchline first. */
  readonly clocks: readonly [Clock, Clock]
  /** Makes the calls, and listens in on the wire. */
  listen(clock: Clock, plans: readonly PlannedCall[], atOnce?: number): Promise<Listened>
  /** Makes them unheard. */
  call(clock: Clock, plans: readonly PlannedCall[], atOnce: number): Promise<CallReport[]>
  /** When the employee's latest punch was on Punchline's disk, in ms since the epoch. */
  lastCommit(employee: Employee): Promise<number>
  /** Waits until Asterisk would give calls to Punchline. */
  appIsRegistered(): Promise<void>
  /** Waits until Punchline takes calls. */
  punchlineIsThere(): Promise<void>
  close(): Promise<void>
}

export async function openStage(employeeCount: number): Promise<Stage> {
  const built: (() => unknown)[] = []
  const close = async () => {
    for (const undo of built.splice(0).reverse()) await undo()
  }
  try {
    const directory = mkdtempSync(join(tmpdir(), 'punchline-bench-'))
    built.push(() => rmSync(directory, { recursive: true }))
    // Of this machine, for both alike.
    const { cost } = await hashingOn(directory)
    const employees = await hire(directory, employeeCount, cost)
    const peer = await startPeer(employees, cost)
    built.push(() => peer.stop())
    const pbx = await startPbx('bench', { mainConfig: peer.mainConfig })
    built.push(() => pbx.stop())
    const port = await freePort()
    const punchline = new PunchlineProcess(
      {
        DATA_DIR: directory,
        ARI_URL: pbx.ariUrl,
        ARI_PASSWORD_FILE: pbx.passwordFile,
        HTTP_PORT: String(port),
        TIME_ZONE: 'America/New_York',
        LOG_LEVEL: 'warn',
      },
      'bench.log',
    )
    built.push(() => punchline.end('SIGTERM'))
    const punchlineIsThere = async () => {
      await until('Punchline is connected', async () => {
        const health = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null)
        return health?.ok
      })
    }
    punchline.start()
    await punchlineIsThere()
    const crew = await Crew.open()
    built.push(() => crew.close())
    const clocks = [
      {
        name: 'Punchline',
        destination: { to: pbx.sipAddress, number: '5550100' },
        pid: () => punchline.pid ?? 0,
        punches: () => punchesByEmployee(directory),
      },
      {
        name: 'plain dialplan',
        destination: { to: pbx.sipAddress, number: PEER_NUMBER },
        pid: () => peer.pid,
        punches: async () => peer.punches(),
      },
    ] as const
    const fresh = [...employees]
    return {
      punchline,
      employees,
      whoHaveNotCalled(count) {
        if (fresh.length < count) throw new Error('Too few were hired')
        return fresh.splice(0, count)
      },
      clocks,
      listen: (clock, plans, atOnce) => listenTo({ pbx, crew, clock, plans, atOnce }),
      call: (clock, plans, atOnce) => crew.call(plans, clock.destination, atOnce),
      lastCommit: ({ phoneClockId }) => lastCommit(directory, phoneClockId),
      async appIsRegistered() {
        await until('Punchline is registered', () => pbx.ari('/applications/punchline'))
      },
      punchlineIsThere,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface Listening {
  readonly pbx: Pbx
  readonly crew: Crew
  readonly clock: Clock
  readonly plans: readonly PlannedCall[]
  readonly atOnce: number | undefined
}

async function listenTo({ pbx, crew, clock, plans, atOnce }: Listening): Promise<Listened> {
  const tap = await WireTap.open(pbx.rtpPorts)
  const calls = new Calls(port => port >= pbx.rtpPorts.first && port <= pbx.rtpPorts.last)
  const taken = () => ({
    clock: processorSeconds(clock.pid()),
    asterisk: processorSeconds(pbx.pid ?? 0),
    callers: crew.pids.reduce((sum, pid) => sum + processorSeconds(pid), 0),
    ...machineSeconds(),
  })
  const before = taken()
  const began = performance.now()
  const reports = await crew.call(plans, clock.destination, atOnce)
  const seconds = (performance.now() - began) / 1000
  const after = taken()
  await tap.close(packet => calls.add(packet))
  const processor = {
    clock: after.clock - before.clock,
    asterisk: after.asterisk - before.asterisk,
    callers: after.callers - before.callers,
  }
  const machine = { idle: after.idle - before.idle, stolen: after.stolen - before.stolen }
  return { reports, calls: calls.all, processor, machine, seconds }
}
