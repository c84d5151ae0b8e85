/** What an Asterisk with both clocks runs with: the private Asterisk's files, with the plain dialplan behind Punchline's. */
import { appendFileSync, copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PEER = 'scripts/bench/peer'
const PROMPTS = 'asterisk-config/sounds/en'

/** Writes it into a directory that is not there yet, and gives that. */
export function writeMainConfig(directory: string, agiPort: number): string {
  cpSync('scripts/private-asterisk', directory, { recursive: true })
  for (const file of ['extensions.conf', 'modules.conf']) {
    const added = readFileSync(join(PEER, file), 'utf8').replaceAll('@AGI_PORT@', String(agiPort))
    appendFileSync(join(directory, file), `\n${added}`)
  }
  layOutDigits(join(directory, 'sounds/en/digits'))
  return directory
}

/** Punchline's prompts by the names under which `SayUnixTime` looks for them. */
function layOutDigits(directory: string): void {
  mkdirSync(directory, { recursive: true })
  const copy = (prompt: string, name: string) =>
    copyFileSync(join(PROMPTS, `${prompt}.wav`), join(directory, `${name}.wav`))
  for (const number of [...Array(20).keys(), 20, 30, 40, 50]) copy(`number-${number}`, String(number))
  for (const name of ['oh', 'a-m', 'p-m']) copy(name, name)
}
