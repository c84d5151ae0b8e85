/** What Punchline delivers for the PBX: `asterisk-config/`. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Delivered {
  /** The files that are included, by name. */
  readonly config: ReadonlyMap<string, Buffer>
  /** The prompts' sounds, by their path below Asterisk's sounds. */
  readonly sounds: ReadonlyMap<string, Buffer>
  /** The modules that a call needs. */
  readonly modules: readonly string[]
}

const DIRECTORY = new URL('../../asterisk-config/', import.meta.url)

export function readDelivered(): Delivered {
  const config = filesIn(DIRECTORY, '.conf')
  const modules = config.get('modules_punchline.conf')?.toString() ?? ''
  return {
    config,
    sounds: new Map(
      readdirSync(new URL('sounds/', DIRECTORY), { withFileTypes: true })
        .filter(entry => entry.isDirectory())
        .flatMap(({ name: language }) =>
          [...filesIn(new URL(`sounds/${language}/`, DIRECTORY), '.wav')].map(
            ([name, sound]) => [`${language}/punchline/${name}`, sound] as const,
          ),
        ),
    ),
    modules: Array.from(modules.matchAll(/^load = (\S+)$/gm), ([, name = '']) => name),
  }
}

function filesIn(directory: URL, ending: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(directory).filter(name => name.endsWith(ending))
  return new Map(names.sort().map(name => [name, readFileSync(new URL(name, directory))]))
}
