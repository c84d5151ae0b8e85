/** Reads the WAV files that Asterisk records: 16-bit PCM, one channel. */

export interface Sound {
  readonly samples: Int16Array
  readonly sampleRate: number
}

interface Chunk {
  readonly tag: string
  /** Where its content begins, and how long it says that this is, in bytes. */
  readonly body: number
  readonly size: number
}

/** The sound of a WAV file, or null when it isn't one. A file that was cut short gives what is there. */
export function readWav(wav: Uint8Array): Sound | null {
  const view = viewOf(wav)
  let sampleRate: number | null = null
  for (const { tag, body, size } of chunks(view)) {
    if (tag === 'fmt ' && body + 16 <= wav.byteLength) {
      const isPcm16Mono =
        view.getUint16(body, true) === 1 &&
        view.getUint16(body + 2, true) === 1 &&
        view.getUint16(body + 14, true) === 16
      if (!isPcm16Mono) return null
      sampleRate = view.getUint32(body + 4, true)
    }
    if (tag === 'data' && sampleRate !== null) {
      const samples = new Int16Array(Math.floor(Math.min(size, wav.byteLength - body) / 2))
      for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(body + 2 * i, true)
      return { sampleRate, samples }
    }
  }
  return null
}

/** The file as Asterisk would have closed it: it writes the sizes at last, and until then they are 0. */
export function closedWav(wav: Uint8Array): Uint8Array {
  const unclosed = chunks(viewOf(wav)).find(({ tag, size }) => tag === 'data' && size === 0)
  if (!unclosed) return wav
  const closed = new Uint8Array(wav)
  viewOf(closed).setUint32(4, wav.byteLength - 8, true)
  viewOf(closed).setUint32(unclosed.body - 4, wav.byteLength - unclosed.body, true)
  return closed
}

function chunks(view: DataView): Chunk[] {
  const found: Chunk[] = []
  if (view.byteLength < 12 || tagAt(view, 0) !== 'RIFF' || tagAt(view, 8) !== 'WAVE') return found
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const size = view.getUint32(at + 4, true)
    found.push({ tag: tagAt(view, at), body: at + 8, size })
    at += 8 + size + (size % 2)
  }
  return found
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

function tagAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map(i => view.getUint8(at + i)))
}
