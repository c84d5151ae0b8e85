import type { Recording } from '../caller.js'
import { type Ari, AriFault } from './ari.js'

/** A recording on Asterisk's disk, fetched over ARI, since Asterisk may be on another machine. */
export class StoredRecording implements Recording {
  readonly #ari: Ari
  readonly #name: string

  constructor(ari: Ari, name: string) {
    this.#ari = ari
    this.#name = name
  }

  async fetch(): Promise<Uint8Array | null> {
    try {
      return await this.#ari.request('fetching a recording', client =>
        client.recordings.getStoredFile({ recordingName: this.#name }),
      )
    } catch (error) {
      if (error instanceof AriFault && error.gone) return null
      throw error
    }
  }

  async remove(): Promise<void> {
    await this.#ari
      .request('removing a recording', client => client.recordings.deleteStored({ recordingName: this.#name }))
      .catch(error => {
        if (!(error instanceof AriFault && error.gone)) throw error
      })
  }
}
