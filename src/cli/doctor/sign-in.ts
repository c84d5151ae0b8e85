/** Whether admins can sign in through the identity provider, as far as it can be told without one of them. */
import { statSync } from 'node:fs'
import { type Config, readClientSecret } from '../../config.js'
import { ProviderFault } from '../../identity-provider/fault.js'
import { Warning } from './check.js'

export async function checkSignIn({ oidc }: Config): Promise<string> {
  if (!oidc) return 'by password: no identity provider is set (OIDC_ISSUER)'
  const { clientSecretFile, issuer } = oidc
  const clientSecret = readClientSecret(oidc)
  const { IdentityProvider } = await import('../../identity-provider/identity-provider.js')
  await new IdentityProvider({ ...oidc, clientSecret }).check().catch(inDetail)
  if ((statSync(clientSecretFile).mode & 0o077) !== 0) {
    throw new Warning(`Others on this machine can read ${clientSecretFile}. Run: chmod 600 ${clientSecretFile}`)
  }
  return `${issuer} answers, and takes Punchline's client ID and secret`
}

/** IT also gets what else the log has, such as ECONNREFUSED. */
function inDetail(error: unknown): never {
  if (!(error instanceof ProviderFault)) throw error
  const detail = Object.entries(error.detail).map(([name, value]) => `${name} ${value}`)
  throw new Error(`${error.message} (${detail.join(', ')})`)
}
