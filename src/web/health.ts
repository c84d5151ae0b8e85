/** For IT's monitoring and `punchline doctor`: whether calls can arrive. Needs no session and tells nothing else. */
import type { RequestHandler } from 'express'
import type { Site } from './site.js'

export function health(site: Site): RequestHandler {
  return (_req, res) => {
    const isConnected = site.isLineConnected()
    res.status(isConnected ? 200 : 503).json({ asterisk: isConnected ? 'connected' : 'not connected' })
  }
}
