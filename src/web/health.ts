/** For IT's monitoring, scripts/start and `punchline doctor`: whether calls are taken. Needs no session and names nobody. */
import type { RequestHandler } from 'express'
import type { Report, Status } from '../status/status.js'
import { notFound } from './errors.js'

export function health(status: Status): RequestHandler {
  return async (_req, res) => {
    const report = await status.read()
    res.status(report.takesCalls ? 200 : 503).json({
      takesCalls: report.takesCalls,
      failing: failing(report),
      parts: Object.fromEntries(report.parts.map(({ name, verdict }) => [name, verdict])),
    })
  }
}

/** Lets this machine ask alone. What a proxy on it passes on may come from anywhere, and strangers find no such page. */
export const fromThisMachine: RequestHandler = (req, res, next) => {
  const { localAddress, remoteAddress = '' } = req.socket
  const isOwn = remoteAddress === localAddress || /^(::ffff:)?127\./.test(remoteAddress)
  const isForwarded = req.get('X-Forwarded-For') !== undefined || req.get('Forwarded') !== undefined
  if (isOwn && !isForwarded) next()
  else notFound(req, res, next)
}

/** Such as "PBX: taken-over", "Database: disk-full" and "Backup". */
function failing({ parts, line, found }: Report): string[] {
  const faults = new Map([
    ['Database', found.database.fault],
    ['PBX', line.fault?.code],
  ])
  return parts
    .filter(({ verdict }) => verdict === 'wrong')
    .map(({ name }) => (faults.get(name) ? `${name}: ${faults.get(name)}` : name))
}
