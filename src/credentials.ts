/** Secrets that systemd hands a service, or root a command: files in $CREDENTIALS_DIRECTORY, one a secret. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The environment, completed by the secrets that are there; what is set already stays. A file without content is no secret. */
export function withCredentials(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const directory = variables.CREDENTIALS_DIRECTORY
  if (!directory) return variables
  const passwordFile = join(directory, 'ari-password')
  const smtpUrlFile = join(directory, 'smtp-url')
  const clientSecretFile = join(directory, 'oidc-client-secret')
  return {
    ...(existsSync(passwordFile) && { ARI_PASSWORD_FILE: passwordFile }),
    ...(existsSync(smtpUrlFile) && { SMTP_URL: readFileSync(smtpUrlFile, 'utf8').trim() }),
    ...(existsSync(clientSecretFile) && { OIDC_CLIENT_SECRET_FILE: clientSecretFile }),
    ...variables,
  }
}
