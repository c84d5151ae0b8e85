/** Reads the WAV files that Asterisk records: 16-bit PCM, one channel. */

export interface Sound {
  readonly samples: Int16Array
  readonly sampleRate: number
}

/** The sound of a WAV file, or null when it isn't one. A file that was cut short gives what is there. */
export function readWav(wav: Uint8Array): Sound | null {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength)
  if (wav.byteLength < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE') return null
  let sampleRate: number | null = null
  for (let at = 12; at + 8 <= wav.byteLength; ) {
    const size = view.getUint32(at + 4, true)
    const body = at + 8
    if (tag(view, at) === 'fmt ' && body + 16 <= wav.byteLength) {
      const isPcm16Mono =
        view.getUint16(body, true) === 1 &&
        view.getUint16(body + 2, true) === 1 &&
        view.getUint16(body + 14, true) === 16
      if (!isPcm16Mono) return null
      sampleRate = view.getUint32(body + 4, true)
    }
    if (tag(view, at) === 'data' && sampleRate !== null) {
      const count = Math.floor(Math.min(size, wav.byteLength - body) / 2)
      return { sampleRate, samples: Int16Array.from({ length: count }, (_, i) => view.getInt16(body + 2 * i, true)) }
    }
    at = body + size + (size % 2)
  }
  return null
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))
}
