/** A real Prometheus for tests, on a port and with files of its own; scripts/test brings it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { freePort } from './free-port.js'
import { until } from './until.js'

const BROUGHT = '.prometheus/usr/bin'

/** A program of Prometheus': the one that was brought, or else the system's. */
const program = (name: 'prometheus' | 'promtool') => (existsSync(join(BROUGHT, name)) ? join(BROUGHT, name) : name)

/** What promtool says; rejects, with that, where it finds something wrong. */
export async function promtool(...of: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program('promtool'), of)
  return stdout
}

const Answer = z.object({ status: z.literal('success'), data: z.unknown() })
const Found = z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) })
const Alerts = z.object({
  alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.string() })),
})

export interface Prometheus {
  /** The labels of each series that an expression gives now; rejects when it makes no sense. */
  query(expression: string): Promise<Record<string, string>[]>
  /** The alerts that are pending or firing, by their names. */
  alerts(): Promise<Map<string, string>>
  stop(): Promise<void>
}

/** With this configuration file, which may name others beside it. */
export async function startPrometheus(configFile: string): Promise<Prometheus> {
  const data = mkdtempSync(join(tmpdir(), 'punchline-prometheus-'))
  const address = `127.0.0.1:${await freePort()}`
  const running: ChildProcess = spawn(
    program('prometheus'),
    [`--config.file=${configFile}`, `--storage.tsdb.path=${data}`, `--web.listen-address=${address}`],
    { stdio: 'ignore' },
  )
  const get = async (path: string, query: Record<string, string> = {}) => {
    const response = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(query)}`)
    return Answer.parse(await response.json()).data
  }
  await until('Prometheus is ready', async () => (await fetch(`http://${address}/-/ready`).catch(() => null))?.ok)
  return {
    async query(expression) {
      return Found.parse(await get('query', { query: expression })).result.map(({ metric }) => metric)
    },
    async alerts() {
      const { alerts } = Alerts.parse(await get('alerts'))
      return new Map(alerts.map(({ labels, state }) => [labels.alertname ?? '', state]))
    },
    async stop() {
      const exited = once(running, 'exit')
      running.kill()
      await exited
      rmSync(data, { recursive: true })
    },
  }
}
