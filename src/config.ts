/** The environment → one typed, validated Config. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { TimeStyle } from './clock/time.js'
import type { RoleGroups } from './identity-provider/groups.js'

export interface Config {
  readonly dataDirectory: string
  readonly companyName: string
  /** What employees call, as it is shown; null until IT sets it. */
  readonly dialInNumber: string | null
  readonly timeStyle: TimeStyle
  readonly ari: {
    readonly url: string
    readonly username: string
    readonly passwordFile: string
    readonly app: string
  }
  readonly http: { readonly host: string; readonly port: number }
  /** A listener for setup links alone; null: the admins' one serves them too. */
  readonly linkHttp: { readonly host: string; readonly port: number } | null
  /** A listener for IT's monitoring alone; null: there is none. */
  readonly monitorHttp: { readonly host: string; readonly port: number } | null
  /** Null: no mail is sent, and setup links can't be either. */
  readonly mail: MailConfig | null
  /** Null: admins sign in with passwords alone. */
  readonly oidc: OidcConfig | null
  readonly backup: BackupConfig
  readonly logLevel: string
}

export interface BackupConfig {
  readonly directory: string
  /** How many are kept. */
  readonly keep: number
  /** The hour of the day, in the company's zone, after which one is made by itself; null: never. */
  readonly hour: number | null
}

export interface MailConfig {
  /** smtp or smtps, with user and password where the server wants them. */
  readonly smtpUrl: string
  /** "clock@example.com" or "Time clock <clock@example.com>". */
  readonly from: string
  /** Where employees reach the setup links, without a slash at the end. */
  readonly publicUrl: string
}

/** The company's identity provider, which admins sign in through, as IT registered Punchline there. */
export interface OidcConfig {
  /** Exactly as the provider calls itself. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecretFile: string
  /** What the sign-in page calls it. */
  readonly name: string
  /** What the provider is asked for, such as "openid email". */
  readonly scopes: string
  readonly groupsClaim: string
  readonly groups: RoleGroups
  /** `apart`: passwords have a page of their own, behind a link. */
  readonly passwordForm: 'beside' | 'apart'
}

/** What is wrong with the configuration: every fault, a line each. */
export class ConfigFaults extends Error {
  constructor(faults: readonly string[]) {
    super(['The configuration has faults:', ...faults.map(fault => `  ${fault}`)].join('\n'))
  }
}

const systemTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone

const Host = z.union([z.ipv4(), z.ipv6(), z.literal('localhost')], 'an IP address to listen on, such as 127.0.0.1')
const Port = z
  .string()
  .regex(/^\d+$/, 'a port, 1 to 65535')
  .refine(port => Number(port) >= 1 && Number(port) <= 65_535, 'a port, 1 to 65535')

/** Semicolons, since the names that directories give to groups have commas. */
const Groups = z
  .string()
  .default('')
  .transform(list =>
    list
      .split(';')
      .map(group => group.trim())
      .filter(group => group !== ''),
  )

const Environment = z.object({
  DATA_DIR: z.string().default('data'),
  COMPANY_NAME: z.string().max(100, 'at most 100 characters').default('Punchline'),
  DIAL_IN_NUMBER: z
    .string()
    .regex(/^\+?[0-9][0-9 ()./-]*$/, 'a telephone number, such as +1 555 0100')
    .optional(),
  TIME_ZONE: z.string().refine(isTimeZone, 'an IANA time zone, such as America/New_York').default(systemTimeZone),
  TIME_FORMAT: z.enum(['12', '24'], '12 or 24').default('12'),
  ARI_URL: z
    .url({ protocol: /^https?$/, error: 'a URL, such as http://127.0.0.1:8088' })
    .default('http://127.0.0.1:8088'),
  ARI_USERNAME: z.string().default('punchline'),
  ARI_PASSWORD_FILE: z.string().optional(),
  ARI_APP: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'the name in the dialplan: small letters, digits, hyphens')
    .default('punchline'),
  HTTP_HOST: Host.default('127.0.0.1'),
  HTTP_PORT: Port.default('8080'),
  LINK_HOST: Host.optional(),
  LINK_PORT: Port.optional(),
  MONITOR_HOST: Host.default('127.0.0.1'),
  MONITOR_PORT: Port.optional(),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'where employees reach the setup links, such as https://clock.example.com' })
    .refine(
      url => /^https?:\/\/[^/?#@]+\/?$/.test(url),
      'scheme, host and port alone, such as https://clock.example.com',
    )
    .optional(),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'the mail server, such as smtp://user:password@mail.example.com:587' })
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^([^<>\r\n]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      'a sender, such as Time clock <clock@example.com>',
    )
    .optional(),
  OIDC_ISSUER: z
    .url({ error: "the identity provider's issuer, such as https://id.example.com/realms/acme" })
    .regex(
      /^(https:\/\/[^/?#@]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)(\/[^?#]*)?$/,
      'an https address without ? and #; http is for this machine alone',
    )
    .optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET_FILE: z.string().optional(),
  OIDC_NAME: z.string().max(60, 'at most 60 characters').optional(),
  OIDC_SCOPES: z
    .string()
    .regex(/^openid( \S+)*$/, 'openid first, then others with a space between them, such as openid email groups')
    .default('openid email'),
  OIDC_GROUPS_CLAIM: z.string().default('groups'),
  OIDC_OWNER_GROUPS: Groups,
  OIDC_ADMIN_GROUPS: Groups,
  OIDC_READ_ONLY_GROUPS: Groups,
  OIDC_PASSWORD_FORM: z.enum(['beside', 'apart'], 'beside or apart').default('beside'),
  BACKUP_DIR: z.string().optional(),
  BACKUP_KEEP: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'how many backups to keep, 1 to 9999')
    .default('14'),
  BACKUP_HOUR: z
    .string()
    .regex(/^(\d|1\d|2[0-3]|off)$/, 'an hour of the day, 0 to 23, or off')
    .default('2'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'fatal, error, warn, info, debug or silent')
    .default('info'),
})

/**
 * The configuration that the variables give; one that is set to nothing counts as unset.
 * @throws ConfigFaults that name every fault, with what was found and what is allowed
 */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = Environment.safeParse(set)
  if (!parsed.success) throw new ConfigFaults(parsed.error.issues.map(issue => describe(issue, set)))
  const env = parsed.data
  const mail = mailConfig(env)
  const dataDirectory = resolve(env.DATA_DIR)
  const oidc = oidcConfig(env, dataDirectory)
  return {
    dataDirectory,
    companyName: env.COMPANY_NAME,
    dialInNumber: env.DIAL_IN_NUMBER ?? null,
    timeStyle: { timeZone: env.TIME_ZONE, hours: env.TIME_FORMAT === '12' ? 12 : 24 },
    ari: {
      url: env.ARI_URL.replace(/\/+$/, ''),
      username: env.ARI_USERNAME,
      passwordFile: resolve(env.ARI_PASSWORD_FILE ?? join(dataDirectory, 'ari-password')),
      app: env.ARI_APP,
    },
    http: { host: env.HTTP_HOST, port: Number(env.HTTP_PORT) },
    linkHttp:
      env.LINK_PORT === undefined ? null : { host: env.LINK_HOST ?? env.HTTP_HOST, port: Number(env.LINK_PORT) },
    monitorHttp: env.MONITOR_PORT === undefined ? null : { host: env.MONITOR_HOST, port: Number(env.MONITOR_PORT) },
    mail,
    oidc,
    backup: {
      directory: resolve(env.BACKUP_DIR ?? join(dataDirectory, 'backups')),
      keep: Number(env.BACKUP_KEEP),
      hour: env.BACKUP_HOUR === 'off' ? null : Number(env.BACKUP_HOUR),
    },
    logLevel: env.LOG_LEVEL,
  }
}

function mailConfig({ SMTP_URL, MAIL_FROM, PUBLIC_URL }: z.infer<typeof Environment>): MailConfig | null {
  if (SMTP_URL === undefined) return null
  if (MAIL_FROM === undefined || PUBLIC_URL === undefined) {
    throw new ConfigFaults(
      [
        MAIL_FROM === undefined &&
          'MAIL_FROM: unset, but SMTP_URL needs it: a sender, such as Time clock <clock@example.com>.',
        PUBLIC_URL === undefined &&
          'PUBLIC_URL: unset, but SMTP_URL needs it: where employees reach the setup links, such as https://clock.example.com.',
      ].filter(fault => fault !== false),
    )
  }
  return { smtpUrl: SMTP_URL, from: MAIL_FROM, publicUrl: PUBLIC_URL.replace(/\/+$/, '') }
}

function oidcConfig(env: z.infer<typeof Environment>, dataDirectory: string): OidcConfig | null {
  if (env.OIDC_ISSUER === undefined) return null
  const groups = { owner: env.OIDC_OWNER_GROUPS, admin: env.OIDC_ADMIN_GROUPS, 'read-only': env.OIDC_READ_ONLY_GROUPS }
  const anyGroup = Object.values(groups).flat().length > 0
  if (env.OIDC_CLIENT_ID === undefined || !anyGroup) {
    throw new ConfigFaults(
      [
        env.OIDC_CLIENT_ID === undefined &&
          'OIDC_CLIENT_ID: unset, but OIDC_ISSUER needs it: what the provider calls Punchline.',
        !anyGroup &&
          'OIDC_OWNER_GROUPS: unset, like OIDC_ADMIN_GROUPS and OIDC_READ_ONLY_GROUPS, but OIDC_ISSUER needs one of them: ' +
            'whoever is in none of their groups is refused.',
      ].filter(fault => fault !== false),
    )
  }
  return {
    issuer: env.OIDC_ISSUER,
    clientId: env.OIDC_CLIENT_ID,
    clientSecretFile: resolve(env.OIDC_CLIENT_SECRET_FILE ?? join(dataDirectory, 'oidc-client-secret')),
    name: env.OIDC_NAME ?? new URL(env.OIDC_ISSUER).host,
    scopes: env.OIDC_SCOPES,
    groupsClaim: env.OIDC_GROUPS_CLAIM,
    groups,
    passwordForm: env.OIDC_PASSWORD_FORM,
  }
}

/**
 * The ARI user's password, for what talks to Asterisk.
 * @throws ConfigFaults when its file can't be read or is empty
 */
export function readAriPassword({ ari }: Config): string {
  return readSecret('ARI_PASSWORD_FILE', ari.passwordFile, "the ARI user's password")
}

/**
 * The secret by which the identity provider knows Punchline.
 * @throws ConfigFaults when its file can't be read or is empty
 */
export function readClientSecret({ clientSecretFile }: OidcConfig): string {
  return readSecret('OIDC_CLIENT_SECRET_FILE', clientSecretFile, 'the client secret')
}

function readSecret(variable: string, file: string, what: string): string {
  const fault = (found: string) =>
    new ConfigFaults([`${variable}: found ${file}, ${found}, allowed is a file with ${what}.`])
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret === '') throw fault('which is empty')
    return secret
  } catch (error) {
    if (error instanceof ConfigFaults) throw error
    throw fault(`which can't be read (${error instanceof Error ? error.message : error})`)
  }
}

function describe(issue: z.core.$ZodIssue, found: Record<string, string | undefined>): string {
  const name = String(issue.path[0])
  // A mail server's URL may carry a password, and in a faulty one it could be anywhere.
  const value = name === 'SMTP_URL' ? 'something else (not shown: it may have a password)' : `"${found[name]}"`
  return `${name}: found ${value}, allowed is ${issue.message}.`
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
