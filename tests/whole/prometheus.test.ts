/** Watched by a real Prometheus, set up as README.md says: its alerts, and every panel of the dashboard. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { freePort } from '../../scripts/rig/free-port.js'
import { startPbx } from '../../scripts/rig/pbx.js'
import { promtool, startPrometheus } from '../../scripts/rig/prometheus.js'
import { until } from '../../scripts/rig/until.js'
import { startPunchline } from '../calls/support/punchline.js'

const RULES = 'monitoring/punchline.rules.yml'

const Dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
})
const dashboard = Dashboard.parse(JSON.parse(readFileSync('monitoring/grafana-dashboard.json', 'utf8')))
/** What each panel asks, with what Grafana puts in place of its variables. */
const panels = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }) => [title, expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m')] as const),
)

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'punchline-monitoring-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

it('each alert fires for what it is about, and for nothing else', async () => {
  const directory = folder()
  const tests = readFileSync('tests/whole/punchline.rules.test.yml', 'utf8')
  copyFileSync(RULES, join(directory, 'punchline.rules.yml'))
  writeFileSync(join(directory, 'tests.yml'), tests.replace('- RULES', '- punchline.rules.yml'))
  expect(await promtool('test', 'rules', join(directory, 'tests.yml'))).toContain('SUCCESS')
  const [, ...alerts] = readFileSync(RULES, 'utf8').split('- alert: ')
  for (const alert of alerts) expect(tests).toContain(`alertname: ${alert.split('\n', 1)[0]}\n        exp_alerts:`)
})

it('Prometheus, as README.md sets it up, shows every panel and sees that the PBX is away', async () => {
  const port = await freePort()
  const pbx = await startPbx('test')
  onTestFinished(() => pbx.stop())
  const punchline = await startPunchline(pbx, { MONITOR_PORT: String(port) })
  onTestFinished(() => punchline.close())

  const directory = folder()
  const config = join(directory, 'prometheus.yml')
  const [, configured = ''] = readFileSync('README.md', 'utf8').match(/\n(( {4}rule_files:\n)( {4}.*\n)+)/) ?? []
  copyFileSync(RULES, join(directory, 'punchline.rules.yml'))
  writeFileSync(
    config,
    `global: { scrape_interval: 1s, evaluation_interval: 1s }\n${configured.replace(/^ {4}/gm, '')}`.replace(
      '127.0.0.1:9464',
      `127.0.0.1:${port}`,
    ),
  )
  expect(await promtool('check', 'config', config)).toContain('SUCCESS')
  const prometheus = await startPrometheus(config)
  onTestFinished(() => prometheus.stop())
  await until('it is scraped', async () => (await prometheus.query('up{job="punchline"} == 1')).length === 1)

  // A rate needs two: that of a step is not there before its first.
  for (const [calls, name] of [[1, 'Ann'] as const, [2, 'Bob'] as const]) {
    const { phoneClockId } = await punchline.workspace.hire(name, '2468')
    const call = await punchline.call({ keysAtAnswer: `${phoneClockId}#2468#` })
    await call.hears('clocked-in-at')
    await call.hangUp()
    const counted = `punchline_calls_total{outcome="clocked-in"} == ${calls}`
    await until('it is counted', async () => (await prometheus.query(counted)).length === 1)
  }
  for (const [title, expression] of panels) {
    expect(await prometheus.query(expression), `${title}: ${expression}`).not.toEqual([])
  }

  const alert = async (name: string) => (await prometheus.alerts()).get(name)
  await until('it is seen that there is no backup', async () => (await alert('PunchlineBackupTooOld')) === 'pending')
  expect(await alert('PunchlinePbxAway')).toBeUndefined()
  await pbx.crash()
  await until('the PBX is missed', async () => (await alert('PunchlinePbxAway')) === 'pending')
})
