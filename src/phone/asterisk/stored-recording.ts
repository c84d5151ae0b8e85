import type { Recording } from '../caller.js'
import { type Ari, AriFault } from './ari.js'

/** A recording on Asterisk's disk, fetched over ARI, since Asterisk may be on another machine. */
export class StoredRecording implements Recording {
  readonly #ari: Ari
  readonly #path: string

  constructor(ari: Ari, name: string) {
    this.#ari = ari
    this.#path = `recordings/stored/${encodeURIComponent(name)}`
  }

  async fetch(): Promise<Uint8Array | null> {
    return this.#ari.getFile('fetching a recording', `${this.#path}/file`)
  }

  async remove(): Promise<void> {
    await this.#ari.command('removing a recording', { method: 'DELETE', path: this.#path }).catch(error => {
      if (!(error instanceof AriFault && error.gone)) throw error
    })
  }
}
