/** An authority of a company's own, and what it signs, made as asterisk-config/README.md says. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface Authority {
  /** The file that NODE_EXTRA_CA_CERTS names. */
  readonly certificate: string
  /** Makes a certificate for 127.0.0.1 and its key, and gives their files. */
  sign(): { certificate: string; key: string }
}

export function makeAuthority(directory: string, name: string): Authority {
  const file = (suffix: string) => join(directory, `${name}-${suffix}.pem`)
  const openssl = (...options: string[]) =>
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...options], {
      stdio: 'pipe',
    })
  const certificate = file('authority')
  const key = file('authority-key')
  openssl('-subj', `/CN=${name}`, '-keyout', key, '-out', certificate)
  return {
    certificate,
    sign() {
      const signed = { certificate: file('asterisk'), key: file('asterisk-key') }
      const of127 = [
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-addext',
        'basicConstraints=critical,CA:FALSE',
      ]
      openssl(...of127, '-CA', certificate, '-CAkey', key, '-keyout', signed.key, '-out', signed.certificate)
      return signed
    },
  }
}
