/** What IT is asked about the trunk: answered by options, and on a terminal by questions for what they leave open. */
import { readFileSync } from 'node:fs'
import {
  type Answers,
  addresses,
  bind,
  codecs,
  context,
  did,
  hostOf,
  password,
  registrar,
  TRUNK_KINDS,
  type Trunk,
  trunkKind,
  USUAL_BIND,
  USUAL_CODECS,
  username,
} from '../../pbx-config/answers.js'
import { type Distribution, LAYOUTS } from '../../pbx-config/layout.js'
import { PbxConfigRefused } from '../../pbx-config/refused.js'
import { askFor, CommandRefused, readSecret } from '../input.js'

/** The options as they were typed. */
export interface Given {
  readonly trunk?: string
  readonly address?: readonly string[]
  readonly registrar?: string
  readonly username?: string
  readonly passwordFile?: string
  readonly did?: string
  readonly context?: string
  readonly codecs?: string
  readonly bind?: string
}

/** Options that say something of some kinds of trunk alone. */
const OPTIONS = ['address', 'codecs', 'bind', 'registrar', 'username', 'passwordFile', 'context'] as const
const BELONGS_TO: { readonly [Option in (typeof OPTIONS)[number]]: readonly Trunk['kind'][] } = {
  address: ['ip', 'registration'],
  codecs: ['ip', 'registration'],
  bind: ['ip', 'registration'],
  registrar: ['registration'],
  username: ['registration'],
  passwordFile: ['registration'],
  context: ['existing'],
}

/** Whether what is left open is asked for: who says nothing of the trunk by options is asked all of it. */
export function isConversation({ trunk }: Given): boolean {
  return process.stdin.isTTY && trunk === undefined
}

/** @throws PbxConfigRefused, CommandRefused */
export async function answersOf(given: Given, distribution: Distribution): Promise<Answers> {
  const kind = await answer(given, 'trunk', trunkKind, `How calls come in (${TRUNK_KINDS.join(', ')})`)
  const stray = OPTIONS.find(option => given[option] !== undefined && !BELONGS_TO[option].includes(kind))
  if (stray) throw new CommandRefused(`${flag(stray)} says nothing of --trunk ${kind}. Leave it out.`)
  return { trunk: await TRUNKS[kind](given, distribution), bind: bind(given.bind ?? USUAL_BIND) }
}

const TRUNKS: { readonly [Kind in Trunk['kind']]: (given: Given, distribution: Distribution) => Promise<Trunk> } = {
  async ip(given) {
    return {
      kind: 'ip',
      addresses: await answer(given, 'address', addresses, 'Where the provider’s calls come from'),
      did: await numberOf(given),
      codecs: await answer(given, 'codecs', codecs, 'Codecs', USUAL_CODECS),
    }
  },
  async registration(given) {
    const at = await answer(given, 'registrar', registrar, 'The provider’s registrar')
    return {
      kind: 'registration',
      registrar: at,
      username: await answer(given, 'username', username, 'User name there'),
      password: await passwordOf(given),
      addresses: await answer(given, 'address', addresses, 'Where its calls come from', hostOf(at)),
      did: await numberOf(given),
      codecs: await answer(given, 'codecs', codecs, 'Codecs', USUAL_CODECS),
    }
  },
  async existing(given, distribution) {
    const number = await numberOf(given)
    const usual = LAYOUTS[distribution].trunkContext ?? undefined
    if (number === null && given.context !== undefined)
      throw new CommandRefused('--context needs --did, the clock’s number.')
    if (number === null) return { kind: 'existing', entry: null }
    const place = await answer(given, 'context', context, 'Context in which the trunk’s calls arrive', usual)
    return { kind: 'existing', entry: { context: place, did: number } }
  },
}

/** The clock's number, where IT names it. */
async function numberOf(given: Given): Promise<string | null> {
  const optional = (value: string) => (value === '' ? null : did(value))
  return answer(given, 'did', optional, 'The clock’s number, as the provider sends it (may be empty)', '')
}

async function passwordOf({ passwordFile }: Given): Promise<string> {
  if (passwordFile === undefined) return password(await readSecret('The password there'))
  try {
    return password(readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, ''))
  } catch (error) {
    if (error instanceof PbxConfigRefused) throw error
    throw new CommandRefused(`${passwordFile} can't be read: ${error instanceof Error ? error.message : error}`)
  }
}

/** What an option says; else what the terminal says, where a faulty answer is asked for again; else what is usual. */
async function answer<T>(
  given: Given,
  option: keyof Given,
  parse: (value: string) => T,
  question: string,
  usual?: string,
): Promise<T> {
  const said = given[option]
  if (said !== undefined) return parse(typeof said === 'string' ? said : said.join(','))
  if (!isConversation(given)) {
    if (usual !== undefined) return parse(usual)
    throw new CommandRefused(`${question}: say it with ${flag(option)}.`)
  }
  for (;;) {
    try {
      return parse(await askFor(question, usual))
    } catch (error) {
      if (!(error instanceof PbxConfigRefused)) throw error
      console.error(error.message)
    }
  }
}

/** Such as --password-file. */
function flag(option: keyof Given): string {
  return `--${option.replace(/[A-Z]/, letter => `-${letter.toLowerCase()}`)}`
}
