/** Checks what Punchline needs, a line each, with what to do where something is wrong. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, readAriPassword } from '../config.js'
import { checkMailServer, sendTestMail } from '../mail/test-mail.js'
import { openStore } from '../opening.js'
import { type AriSettings, getFromAri, probe } from '../phone/asterisk/ari.js'
import { LineFault } from '../phone/asterisk/line-fault.js'
import { ALL_PROMPTS } from '../phone/prompts.js'
import { freeBytes, judgeDisk } from '../status/disk.js'
import type { LineStanding } from '../status/pbx.js'
import { listEmployees } from '../store/employees.js'
import { hashingOn, millisecondsPerHash } from '../store/hash-cost.js'
import { noteTestMail } from '../store/mail-outbox.js'
import { probeWriting } from '../store/sqlite.js'
import { sayFault } from '../store/store-fault.js'
import { checkAriPassword } from './doctor/ari-password.js'
import { type Check, Todo, Warning } from './doctor/check.js'
import { stepChecks } from './doctor/getting-started.js'
import { readLine } from './doctor/line.js'
import { checkAriNetwork, checkPages } from './doctor/network.js'
import { checkAnonymous, checkModules } from './doctor/pbx.js'
import { checkSignIn } from './doctor/sign-in.js'
import { CommandRefused, emailAddress } from './input.js'

/** In a second: a hundred callers wait ten seconds. */
const FEW_PINS = 10

/**
 * Runs the checks, or only the one of that name, or only the sending of a test mail, and prints a line each; says whether
 * all works; a warning, or what was not done yet, doesn't count.
 */
export async function doctor(
  config: Config,
  { only, mail }: { only?: string; mail?: string },
  print: (line: string) => void,
): Promise<boolean> {
  let allIsWell = true
  const wanted = mail === undefined ? await wantedChecks(config, only) : [testMail(config, mail)]
  if (wanted.length === 0) throw new CommandRefused(`There is no check "${only}".`)
  for (const check of wanted) {
    const [verdict, finding] = await check.run().then(
      found => ['ok', found] as const,
      error => [verdictOn(error), say(error)] as const,
    )
    if (verdict === 'WRONG') allIsWell = false
    print(`${verdict.padEnd(6)} ${check.name.padEnd(12)} ${finding}`)
  }
  return allIsWell
}

function verdictOn(error: unknown): 'warn' | 'todo' | 'WRONG' {
  if (error instanceof Todo) return 'todo'
  return error instanceof Warning ? 'warn' : 'WRONG'
}

function say(error: unknown): string {
  if (!(error instanceof LineFault)) return sayFault(error)
  return [error.finding, error.remedy, error.command].filter(Boolean).join(' ')
}

/** All, or the one of that name; none when there is none. */
async function wantedChecks(config: Config, only: string | undefined): Promise<Check[]> {
  // Two look at it, and each look asks Punchline and Asterisk.
  let looked: Promise<LineStanding> | undefined
  const line = () => {
    looked ??= readLine(config)
    return looked
  }
  const first = checks(config, line)
  const named = first.filter(({ name }) => name === only)
  if (named.length > 0) return named
  const later = await laterChecks(config, line)
  return only === undefined ? [...first, ...later] : later.filter(({ name }) => name === only)
}

/** What is on the way to the first punch. */
async function laterChecks(config: Config, line: () => Promise<LineStanding>): Promise<Check[]> {
  if (!hasDatabase(config)) return []
  // One that can't be opened is said by the check "database".
  return stepChecks(config, await line()).catch(() => [])
}

function checks(config: Config, line: () => Promise<LineStanding>): Check[] {
  return [
    { name: 'database', run: () => checkDatabase(config) },
    { name: 'ARI', run: async () => `Asterisk ${(await probe(ariSettings(config))).version} at ${config.ari.url}` },
    { name: 'ARI password', run: () => checkAriPassword(config) },
    { name: 'ARI network', run: () => checkAriNetwork(config) },
    { name: 'Stasis app', run: async () => checkApp(config, await line()) },
    { name: 'prompts', run: () => checkPrompts(ariSettings(config)) },
    { name: 'anonymous', run: async () => checkAnonymous(ariSettings(config)) },
    { name: 'modules', run: async () => checkModules(ariSettings(config)) },
    { name: 'pages', run: () => checkPages(config) },
    { name: 'sign-in', run: () => checkSignIn(config) },
    { name: 'PIN hashing', run: () => checkHashing(config) },
    { name: 'free disk', run: () => checkDisk(config) },
    { name: 'mail', run: () => checkMail(config) },
  ]
}

function testMail(config: Config, recipient: string): Check {
  const { mail, companyName } = config
  const address = emailAddress(recipient)
  if (!mail) throw new CommandRefused('Mail is not set up: set SMTP_URL, MAIL_FROM and PUBLIC_URL.')
  return {
    name: 'mail',
    async run() {
      const sending = sendTestMail(mail, companyName, address)
      const fault = await sending.then(() => null, sayFault)
      if (hasDatabase(config)) await note(config, address, fault)
      return `The mail server took a test mail for ${address}: ${await sending}`
    },
  }
}

/** For the page *Getting started*. */
async function note(config: Config, address: string, fault: string | null): Promise<void> {
  const { db } = await openStore(config)
  await noteTestMail(db, address, 'command line', fault).finally(() => db.destroy())
}

function ariSettings(config: Config): AriSettings {
  return { ...config.ari, password: readAriPassword(config) }
}

function hasDatabase({ dataDirectory }: Config): boolean {
  return existsSync(join(dataDirectory, 'punchline.db'))
}

async function checkDatabase(config: Config): Promise<string> {
  if (!hasDatabase(config)) {
    throw new Error(`There is none in ${config.dataDirectory} yet. The first start makes it.`)
  }
  const { db } = await openStore(config)
  const reading = async () => {
    await probeWriting(db)
    return listEmployees(db)
  }
  const employees = await reading().finally(() => db.destroy())
  const ready = employees.filter(({ status }) => status === 'Ready').length
  return `${config.dataDirectory}, ${employees.length} employees, ${ready} with a PIN`
}

function checkApp(config: Config, { fault }: LineStanding): string {
  if (fault) throw new Error(`${fault.finding} ${fault.remedy}`)
  return `"${config.ari.app}" is registered: calls are taken`
}

async function checkPrompts(settings: AriSettings): Promise<string> {
  const sounds = await getFromAri(settings, '/sounds')
  const known = new Set(Array.isArray(sounds) ? sounds.map(sound => String(sound?.id)) : [])
  const missing = ALL_PROMPTS.filter(prompt => !known.has(`punchline/${prompt}`))
  if (missing.length > 0) {
    throw new Error(
      `Asterisk lacks ${missing.length} of ${ALL_PROMPTS.length}, such as ${missing[0]}. Copy asterisk-config/sounds/en to ` +
        'its sounds/en/punchline, then run: asterisk -rx "module reload sounds"',
    )
  }
  return `all ${ALL_PROMPTS.length} are installed`
}

/** How many PINs can be judged in a second, at what was measured at the first start. */
async function checkHashing(config: Config): Promise<string> {
  if (!hasDatabase(config)) return 'what suits this machine is measured at the first start'
  const { db, pinKey } = await openStore(config)
  await db.destroy()
  const { memoryKib, passes } = pinKey.cost
  const { atOnce } = await hashingOn(config.dataDirectory)
  const each = await millisecondsPerHash(pinKey.cost, atOnce)
  const rate = Math.round(1000 / each)
  const finding =
    `argon2id with ${memoryKib / 1024} MiB and ${passes} passes, ${atOnce} at once: ` +
    `${Math.round(each * atOnce)} ms a PIN, ${rate} PINs a second`
  if (rate < FEW_PINS) throw new Warning(`${finding}. At shift change callers will wait: use a quicker machine.`)
  return finding
}

async function checkDisk(config: Config): Promise<string> {
  const free = await freeBytes(existsSync(config.dataDirectory) ? config.dataDirectory : '.')
  const { verdict, finding, remedy } = judgeDisk(free)
  if (verdict === 'wrong') throw new Error(`${finding} ${remedy}`)
  if (verdict === 'attention') throw new Warning(`${finding} ${remedy}`)
  return finding
}

async function checkMail({ mail }: Config): Promise<string> {
  if (!mail) return "not set up: setup links can't be emailed (SMTP_URL, MAIL_FROM, PUBLIC_URL)"
  await checkMailServer(mail)
  return `${new URL(mail.smtpUrl).host} lets Punchline in, as ${mail.from}`
}
