/** The SHA-256 of each file of a backup, in a file as `sha256sum` writes and checks it. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { BackupRefused } from './refused.js'

export const CHECKSUMS = 'SHA256SUMS'

/** By the names of the files, from the backup's directory on. */
export type Checksums = ReadonlyMap<string, string>

/** What a backup may hold: a name that leads elsewhere is none of ours. */
const LINE = /^([0-9a-f]{64}) {2}(punchline\.db|(?:pin|link|totp|session)\.key|recordings(?:\/[\w-][\w.-]*)+)$/

export function checksumsText(checksums: Checksums): string {
  return [...checksums].map(([name, sum]) => `${sum}  ${name}\n`).join('')
}

/** @throws BackupRefused when the file is not the one with that SHA-256, or not of our making */
export async function readChecksums(backup: string, expected: string): Promise<Checksums> {
  const file = join(backup, CHECKSUMS)
  const content = await readFile(file).catch(() => null)
  if (content === null || sha256(content) !== expected) throw damaged(backup, CHECKSUMS)
  const checksums = new Map<string, string>()
  for (const line of content.toString('utf8').split('\n').slice(0, -1)) {
    const [, sum, name] = LINE.exec(line) ?? []
    if (sum === undefined || name === undefined) throw damaged(backup, CHECKSUMS)
    checksums.set(name, sum)
  }
  return checksums
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Of a file of any size; null when it can't be read. */
export async function sha256OfFile(file: string): Promise<string | null> {
  const hash = createHash('sha256')
  return pipeline(createReadStream(file), hash).then(
    () => hash.digest('hex'),
    () => null,
  )
}

export function damaged(backup: string, name: string): BackupRefused {
  return new BackupRefused(`${backup} is damaged: ${name} is not as it was written. Take another backup.`)
}
