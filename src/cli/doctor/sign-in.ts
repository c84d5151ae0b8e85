/** Whether admins can sign in through the identity provider, as far as it can be told without one of them. */
import { statSync } from 'node:fs'
import { type Config, readClientSecret } from '../../config.js'
import { Warning } from './check.js'

export async function checkSignIn({ oidc }: Config): Promise<string> {
  if (!oidc) return 'by password: no identity provider is set (OIDC_ISSUER)'
  const { clientSecretFile, issuer } = oidc
  const clientSecret = readClientSecret(oidc)
  const { IdentityProvider } = await import('../../identity-provider/identity-provider.js')
  await new IdentityProvider({ ...oidc, clientSecret }).check()
  if ((statSync(clientSecretFile).mode & 0o077) !== 0) {
    throw new Warning(`Others on this machine can read ${clientSecretFile}. Run: chmod 600 ${clientSecretFile}`)
  }
  return `${issuer} answers, and takes Punchline's client ID and secret`
}
