/** Secrets in the files that systemd hands over. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigFaults, readAriPassword, readClientSecret, readConfig } from '../../src/config.js'
import { withCredentials } from '../../src/credentials.js'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

const secret = (name: string, content: string) => writeFileSync(join(directory, name), content, { mode: 0o600 })

/** The configuration that these secrets and variables give. */
const configOf = (variables: NodeJS.ProcessEnv = {}) =>
  readConfig(
    withCredentials({
      CREDENTIALS_DIRECTORY: directory,
      MAIL_FROM: 'clock@example.com',
      PUBLIC_URL: 'https://clock.example.com',
      ...variables,
    }),
  )

it('the ARI user’s password and the mail server are read from them', () => {
  secret('ari-password', 'from systemd\n')
  secret('smtp-url', 'smtp://clock:secret@mail.example.com:587\n')
  const config = configOf()
  expect(readAriPassword(config)).toBe('from systemd')
  expect(config.mail?.smtpUrl).toBe('smtp://clock:secret@mail.example.com:587')
})

it('the client secret of an identity provider is read from them', () => {
  secret('oidc-client-secret', 'from systemd too\n')
  const { oidc } = configOf({
    OIDC_ISSUER: 'https://login.example.com',
    OIDC_CLIENT_ID: 'punchline',
    OIDC_OWNER_GROUPS: 'it',
  })
  expect(oidc && readClientSecret(oidc)).toBe('from systemd too')
})

it('a mail server that is left empty is none', () => {
  secret('smtp-url', '')
  expect(configOf().mail).toBeNull()
})

it('what the settings say counts more', () => {
  secret('smtp-url', 'smtp://mail.example.com')
  expect(configOf({ SMTP_URL: 'smtp://other.example.com' }).mail?.smtpUrl).toBe('smtp://other.example.com')
})

it('a faulty one is named and not shown', () => {
  secret('smtp-url', 'mail.example.com:secret')
  expect(() => configOf()).toThrow(ConfigFaults)
  expect(() => configOf()).toThrow(/^(?!.*secret)/s)
})
