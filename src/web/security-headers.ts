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
  // A browser heeds it on https alone. Not for subdomains: the name may be the company's own, whose other hosts may use http.
  strictTransportSecurity: { maxAge: 365 * 24 * 60 * 60, includeSubDomains: false },
  // On plain http, which an intranet may use, these only fill the browser's console.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  // With `no-referrer` a browser would not say that a form comes from our own page.
  referrerPolicy: { policy: 'same-origin' },
})

/** The pages ask the browser for none of these; a script that got in shall not either. */
const NOT_ASKED_FOR = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb']

/** Nothing but the pages' own style, sound and forms; nothing kept after sign-out. */
export const securityHeaders: RequestHandler = (req, res, next) => {
  res.set({
    'Cache-Control': 'private, no-store',
    'Permissions-Policy': NOT_ASKED_FOR.map(feature => `${feature}=()`).join(', '),
  })
  protect(req, res, next)
}
