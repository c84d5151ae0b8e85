/** Whether the ARI user's password is worth the name. */
import { statSync } from 'node:fs'
import { type Config, readAriPassword } from '../../config.js'
import { Warning } from './check.js'

const SHORTEST = 16
const WELL_KNOWN =
  /^(asterisk|ari|admin|punchline|password|passwd|passw0rd|secret|changeme|change-?me|test|example)[\d!]*$/i
const MAKE_ANOTHER = 'Make another, and its hash for ari.conf, as asterisk-config/README.md says.'

/** What is wrong with a password; null when nothing is. */
export function passwordFault(password: string, username: string): string | null {
  if (/^\$\d\w*\$/.test(password))
    return 'is a hash. The hash belongs into ari.conf, the password itself into this file.'
  if (WELL_KNOWN.test(password) || password === username) return `is one that everybody tries first. ${MAKE_ANOTHER}`
  if (password.length < SHORTEST) return `has only ${password.length} characters and can be guessed. ${MAKE_ANOTHER}`
  return null
}

export async function checkAriPassword(config: Config): Promise<string> {
  const { passwordFile, username } = config.ari
  const fault = passwordFault(readAriPassword(config), username)
  if (fault !== null) throw new Warning(`The password in ${passwordFile} ${fault}`)
  if ((statSync(passwordFile).mode & 0o077) !== 0) {
    throw new Warning(`Others on this machine can read ${passwordFile}. Run: chmod 600 ${passwordFile}`)
  }
  return `long, and only its owner can read ${passwordFile}`
}
