/** The link with which the first admin is made: in a file of the data directory, for whoever may read that. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export class FirstAdminLink {
  readonly file: string
  #tokenHash: Buffer | null = null

  constructor(dataDirectory: string) {
    this.file = join(dataDirectory, 'first-admin-link')
  }

  /** Makes a new link to the pages at `url`; one before it ends. */
  async offer(url: string): Promise<void> {
    await this.withdraw()
    const token = randomBytes(32).toString('base64url')
    // `wx` makes the file anew, so that the mode is the one given here.
    await writeFile(this.file, `${url}/first-admin/${token}\n`, { mode: 0o600, flag: 'wx' })
    this.#tokenHash = hashOf(token)
  }

  /** Whether the token is the one of the link that is out. */
  opensWith(token: string): boolean {
    return this.#tokenHash !== null && timingSafeEqual(this.#tokenHash, hashOf(token))
  }

  /** Ends the link, if there is one. */
  async withdraw(): Promise<void> {
    this.#tokenHash = null
    await rm(this.file, { force: true })
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
