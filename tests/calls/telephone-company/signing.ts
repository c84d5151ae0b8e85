/** Telephone companies that sign their calls (STIR/SHAKEN), and where their certificates are fetched. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'

const MODULES = `
[modules](+)
load = res_curl.so
load = res_crypto.so
load = res_stir_shaken.so
load = res_pjsip_stir_shaken.so
`
/** TNAuthorizationList (RFC 8226) with the service provider code 709J. */
const MAY_SIGN = '1.3.6.1.5.5.7.1.26=DER:3008a00616043730394a'

/** Makes an authority, and a telephone company's certificate and key that it signed: NAME-ca.pem, NAME.pem, NAME-key.pem. */
export function makeSigner(directory: string, name: string): void {
  const openssl = (...options: string[]) =>
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', ...options],
      { cwd: directory, stdio: 'pipe' },
    )
  const authority = ['-CA', `${name}-ca.pem`, '-CAkey', `${name}-ca-key.pem`]
  const company = ['-subj', '/C=US/O=Telephone company/CN=SHAKEN 709J', '-addext', 'basicConstraints=critical,CA:FALSE']
  openssl('-subj', `/CN=${name}`, '-keyout', `${name}-ca-key.pem`, '-out', `${name}-ca.pem`)
  openssl(...company, '-addext', MAY_SIGN, ...authority, '-keyout', `${name}-key.pem`, '-out', `${name}.pem`)
}

/** Serves the certificates, as telephone companies do. */
export function serveCertificates(directory: string, port: number): Server {
  const server = createServer((request, response) => response.end(readFileSync(join(directory, String(request.url)))))
  return server.listen(port, '127.0.0.1')
}

/** The private Asterisk's files, with verification switched on as asterisk-config/README.md says. */
export function configThatVerifies(directory: string, trusted: string): string {
  const config = copyOf('scripts/private-asterisk', join(directory, 'pbx'))
  cpSync(join(directory, `${trusted}-ca.pem`), join(config, 'authority.pem'))
  appendFileSync(join(config, 'modules.conf'), MODULES)
  appendFileSync(join(config, 'extensions.conf'), '\n#include punchline/attestation_punchline.conf\n')
  appendFileSync(
    join(config, 'pjsip.conf'),
    '\n[punchline-trunk](+)\ncontext = punchline-signed\nstir_shaken_profile = provider\n',
  )
  // Certificates come from this machine, without TLS.
  writeFileSync(
    join(config, 'stir_shaken.conf'),
    `[verification]
ca_file = @DIR@/etc/authority.pem
cert_cache_dir = @DIR@/cache
failure_action = continue
relax_x5u_port_scheme_restrictions = yes
x5u_deny = 0.0.0.0/0.0.0.0
x5u_permit = 127.0.0.0/8

[provider]
type = profile
endpoint_behavior = verify
`,
  )
  return config
}

export interface SignedNumber {
  readonly number: string
  readonly level: 'A' | 'B' | 'C'
  /** A name that `makeSigner` got. */
  readonly signer: string
}

/** The telephone company's files; it signs calls from these numbers, and from no others. */
export function configThatSigns(directory: string, certificatePort: number, numbers: readonly SignedNumber[]): string {
  const config = copyOf('tests/calls/telephone-company', join(directory, 'company'))
  const at = (signer: string) =>
    `private_key_file = @DIR@/etc/${signer}-key.pem\npublic_cert_url = http://127.0.0.1:${certificatePort}/${signer}.pem\n`
  for (const { signer } of numbers) cpSync(join(directory, `${signer}-key.pem`), join(config, `${signer}-key.pem`))
  appendFileSync(join(config, 'modules.conf'), MODULES)
  appendFileSync(join(config, 'pjsip.conf'), '\n[line-ulaw](+)\nstir_shaken_profile = sign\n')
  writeFileSync(
    join(config, 'stir_shaken.conf'),
    [
      `[attestation]\n${at(numbers[0]?.signer ?? '')}`,
      '[sign]\ntype = profile\nendpoint_behavior = attest\n',
      ...numbers.map(({ number, level, signer }) => `[${number}]\ntype = tn\nattest_level = ${level}\n${at(signer)}`),
    ].join('\n'),
  )
  return config
}

function copyOf(source: string, directory: string): string {
  mkdirSync(directory)
  cpSync(source, directory, { recursive: true })
  return directory
}
