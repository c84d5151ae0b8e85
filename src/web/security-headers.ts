/** What the browser is told not to do with the pages. */
import type { RequestHandler } from 'express'
import helmet from 'helmet'

const protect = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // On plain http, which an intranet may use, these lock people out or only fill the browser's console.
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  // With `no-referrer` a browser would not say that a form comes from our own page.
  referrerPolicy: { policy: 'same-origin' },
})

/** Nothing but the pages' own style, sound and forms; nothing kept after sign-out. */
export const securityHeaders: RequestHandler = (req, res, next) => {
  res.set('Cache-Control', 'private, no-store')
  protect(req, res, next)
}
