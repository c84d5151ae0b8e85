/** Why there is no line to Asterisk, and what to do about it. */
import type { AriSettings } from './ari.js'

export type LineFaultCode =
  | 'no-answer'
  | 'not-proven'
  | 'password-refused'
  | 'no-ari'
  | 'too-old'
  | 'taken-over'
  | 'unknown'

export class LineFault extends Error {
  readonly code: LineFaultCode
  readonly finding: string
  readonly remedy: string
  /** To be typed on the machine of Asterisk; null: nothing. */
  readonly command: string | null

  constructor(code: LineFaultCode, finding: string, remedy: string, command: string | null = null) {
    super(finding)
    this.code = code
    this.finding = finding
    this.remedy = remedy
    this.command = command
  }
}

/** The oldest release with all that is asked of it. */
const OLDEST = 18

export const noAnswer = ({ url }: AriSettings, reason: string) =>
  new LineFault(
    'no-answer',
    `Asterisk does not answer at ${url} (${reason}).`,
    'Start it, and see that ARI_URL is where its HTTP server listens, which this says:',
    'asterisk -rx "http show status"',
  )

export const notProven = ({ url }: AriSettings, reason: string) =>
  new LineFault(
    'not-proven',
    `What answers at ${url} does not prove that it is your Asterisk (${reason}).`,
    "If your own authority signed its certificate, name the authority's certificate in NODE_EXTRA_CA_CERTS before Punchline starts.",
  )

export const passwordRefused = ({ username }: AriSettings) =>
  new LineFault(
    'password-refused',
    `Asterisk refuses the ARI user ${username} or its password.`,
    'ARI_USERNAME and the password in ARI_PASSWORD_FILE must be those of a user in ari.conf, where its hash may be. Punchline reads them when it starts; Asterisk reads ari.conf again by:',
    'asterisk -rx "module reload res_ari.so"',
  )

export const noAri = ({ url }: AriSettings, status: number) =>
  new LineFault(
    'no-ari',
    `${url} answers, but not as ARI does (HTTP ${status}).`,
    'See that ARI_URL names Asterisk, without a path, that enabled = yes in ari.conf, and that ARI is loaded:',
    'asterisk -rx "module show like res_ari"',
  )

export const takenOver = ({ app }: Pick<AriSettings, 'app'>) =>
  new LineFault(
    'taken-over',
    `Another program has taken over the Stasis application "${app}": calls arrive there.`,
    'Stop that program, such as a second Punchline, then start this one again. Two on one Asterisk need different ARI_APPs.',
  )

/** Null: it is new enough, or of an unknown numbering. */
export function tooOld(version: string): LineFault | null {
  const major = /^(?:certified\/)?(\d+)\./.exec(version)?.[1]
  if (major === undefined || Number(major) >= OLDEST) return null
  return new LineFault(
    'too-old',
    `Asterisk ${version} is too old: Punchline needs ${OLDEST} or later.`,
    'Upgrade Asterisk. Punchline connects by itself then.',
  )
}

/** Any other failure. */
export function lineFault(error: unknown): LineFault {
  if (error instanceof LineFault) return error
  return new LineFault('unknown', error instanceof Error ? error.message : String(error), 'The log says more.')
}
