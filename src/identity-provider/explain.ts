/** What openid-client throws, in words. Its errors carry codes, tokens and whole answers: only what is picked here goes on. */
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { z } from 'zod'
import { MINUTE, SECOND } from '../clock/time.js'
import { BEGIN_AGAIN, type FaultDetail, ProviderFault } from './fault.js'

/** Errors of OAuth are named so; anything else may be anything. */
const Code = z.string().regex(/^[a-z_]{1,60}$/)
const Caused = z.object({ cause: z.unknown() })
const System = z.object({ code: z.string() })
const AboutIssuer = z.object({ attribute: z.literal('issuer') })
const Claims = z.object({ claim: z.string(), claims: z.looseObject({ iat: z.number().optional() }) })

/** Throws what is not the provider's. */
export function explain(error: unknown, name: string): ProviderFault {
  if (error instanceof ProviderFault) return error
  if (error instanceof AuthorizationResponseError) return refusedThere(error, name)
  if (error instanceof ResponseBodyError) return refusedByTokenEndpoint(error, name)
  if (error instanceof WWWAuthenticateChallengeError) return secretRefused(name, { status: error.status })
  if (error instanceof TypeError && System.safeParse(error).success) return unexpected(name, detailOf(error))
  // What fetch throws when there is no answer, with what the system or TLS says.
  if (error instanceof TypeError && causeOf(error) instanceof Error) {
    return unreachable(name, detailOf(causeOf(error)))
  }
  if (error instanceof ClientError) return notBelieved(error, name)
  throw error
}

function refusedThere(error: AuthorizationResponseError, name: string): ProviderFault {
  const detail = { error: codeOf(error.error) }
  if (detail.error === 'temporarily_unavailable' || detail.error === 'server_error') return unreachable(name, detail)
  if (detail.error !== 'access_denied') return unexpected(name, detail)
  return new ProviderFault(401, `Nobody is signed in: at ${name} it was cancelled, or is not allowed.`, detail)
}

function refusedByTokenEndpoint(error: ResponseBodyError, name: string): ProviderFault {
  const detail = { error: codeOf(error.error), status: error.status }
  if (detail.error === 'invalid_client' || detail.error === 'unauthorized_client') return secretRefused(name, detail)
  if (detail.error === 'invalid_grant') return new ProviderFault(401, BEGIN_AGAIN, detail)
  return unexpected(name, detail)
}

function notBelieved(error: ClientError, name: string): ProviderFault {
  const cause = causeOf(error)
  const details = causeOf(cause)
  switch (error.code) {
    case 'OAUTH_TIMEOUT':
    case 'OAUTH_ABORT':
      return unreachable(name, { code: error.code })
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM': {
      const status = cause instanceof Response ? cause.status : 0
      return (status >= 500 ? unreachable : unexpected)(name, { code: error.code, status })
    }
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return clocksDiffer(details, name)
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED':
      return isAboutIssuer(cause) || isAboutIssuer(details) ? otherIssuer(name) : notForUs(error.code, cause, name)
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
    case 'OAUTH_KEY_SELECTION_FAILED':
    case 'OAUTH_INVALID_RESPONSE':
      return notForUs(error.code, cause, name)
    default:
      return unexpected(name, { code: error.code ?? 'unknown', why: messageOf(cause) })
  }
}

function unreachable(name: string, detail: FaultDetail): ProviderFault {
  const sentence = `${name} can’t be reached at the moment. Try again in a few minutes, or sign in with a password if you have one here.`
  return new ProviderFault(503, sentence, detail)
}

function secretRefused(name: string, detail: FaultDetail): ProviderFault {
  const sentence = `${name} does not take Punchline’s own client ID and secret. Ask IT to put the current ones into OIDC_CLIENT_ID and the file of OIDC_CLIENT_SECRET_FILE, and to start Punchline anew.`
  return new ProviderFault(502, sentence, detail)
}

function otherIssuer(name: string): ProviderFault {
  return new ProviderFault(
    502,
    `${name} calls itself otherwise than OIDC_ISSUER does, so it is not believed. Ask IT to compare the two, letter by letter.`,
    { code: 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED', attribute: 'issuer' },
  )
}

function notForUs(code: string, cause: unknown, name: string): ProviderFault {
  return new ProviderFault(
    502,
    `${name} gave an answer that is not meant for Punchline, or is not signed by it, so nobody is signed in. Ask IT to look into the log.`,
    { code, why: messageOf(cause) },
  )
}

function unexpected(name: string, detail: FaultDetail): ProviderFault {
  return new ProviderFault(
    502,
    `${name} gave an answer that Punchline does not understand. Ask IT to look into the log.`,
    detail,
  )
}

/** The provider's token says when it was made: that was a moment ago. */
function clocksDiffer(details: unknown, name: string): ProviderFault {
  const found = Claims.safeParse(details).data
  const madeAt = found?.claims.iat
  const minutes = madeAt === undefined ? null : Math.round(Math.abs(Date.now() - madeAt * SECOND) / MINUTE)
  const byHowMuch = minutes === null ? '' : ` by ${minutes === 1 ? 'a minute' : `${minutes} minutes`}`
  return new ProviderFault(
    503,
    `The clocks of ${name} and of Punchline’s machine differ${byHowMuch}, so nobody is signed in. Ask IT to set both by NTP.`,
    {
      code: 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
      claim: found?.claim ?? 'unknown',
      ...(minutes !== null && { minutes }),
    },
  )
}

function isAboutIssuer(details: unknown): boolean {
  return AboutIssuer.safeParse(details).success
}

function codeOf(error: unknown): string {
  return Code.safeParse(error).data ?? 'unknown'
}

function causeOf(error: unknown): unknown {
  return Caused.safeParse(error).data?.cause
}

/** Such as ECONNREFUSED, or what is wrong with a certificate. */
function detailOf(error: unknown): FaultDetail {
  return { code: System.safeParse(error).data?.code ?? 'unknown' }
}

/** The library's own words, which name what is wrong and hold no value. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
