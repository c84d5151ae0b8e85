/** How the line to Asterisk is, as far as it can be told from beside the Punchline that has it. */
import { z } from 'zod'
import { type Config, readAriPassword } from '../../config.js'
import { type AriSettings, getFromAri, probe } from '../../phone/asterisk/ari.js'
import { LineFault, lineFault, takenOver } from '../../phone/asterisk/line-fault.js'
import type { LineStanding } from '../../status/pbx.js'

/** Of what Punchline answers to monitors, which is more. */
const Health = z.object({ failing: z.array(z.string()), parts: z.object({ PBX: z.string() }) })

const ANSWERS_WITHIN = 5_000

/** Never rejects. */
export async function readLine(config: Config): Promise<LineStanding> {
  const line = { since: Date.now(), version: null, keptCalls: 0 }
  try {
    const health = await readHealth(config.http)
    const settings = { ...config.ari, password: readAriPassword(config) }
    const { version } = await probe(settings)
    const fault = await faultOf(health, settings)
    return { ...line, version, takesCalls: fault === null, fault }
  } catch (error) {
    return { ...line, takesCalls: false, fault: lineFault(error) }
  }
}

/** @throws LineFault when Punchline is not running */
async function readHealth({ host, port }: Config['http']): Promise<z.infer<typeof Health> | null> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(ANSWERS_WITHIN) }).catch(() => {
    throw new LineFault(
      'unknown',
      `Punchline is not running: nothing answers at ${url}.`,
      'Start it: scripts/start, or as a service: systemctl start punchline',
    )
  })
  return Health.safeParse(await response.json().catch(() => null)).data ?? null
}

/** Asterisk goes on listing an application that has gone, so what counts is what Punchline says. */
async function faultOf(health: z.infer<typeof Health> | null, settings: AriSettings): Promise<LineFault | null> {
  if (health?.failing.includes('PBX: taken-over')) return takenOver(settings)
  const app = await getFromAri(settings, `/applications/${settings.app}`)
  if (health?.parts.PBX === 'ok' && app !== null) return null
  return new LineFault('unknown', 'Punchline runs, but is not connected to Asterisk.', 'See its log.')
}
