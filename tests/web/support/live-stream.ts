/** A stream of a live page, read without a browser. */
import type { Visitor } from './visitor.js'

export class LiveStream {
  readonly response: Response
  readonly #reader: ReadableStreamDefaultReader<string>
  #text = ''

  private constructor(response: Response) {
    if (!response.body) throw new Error('a stream has a body')
    this.response = response
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  }

  static async open(visitor: Visitor, path: string): Promise<LiveStream> {
    return new LiveStream(await visitor.get(path))
  }

  /** The next event or comment as it was sent; null when the stream has ended. */
  async next(): Promise<string | null> {
    while (!this.#text.includes('\n\n')) {
      const { value, done } = await this.#reader.read()
      if (done) return null
      this.#text += value
    }
    const end = this.#text.indexOf('\n\n')
    const event = this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 2)
    return event
  }

  /** Reads on until an event has the text. */
  async until(text: string): Promise<string> {
    for (;;) {
      const event = await this.next()
      if (event === null) throw new Error(`the stream ended without “${text}”`)
      if (event.includes(text)) return event
    }
  }

  async close(): Promise<void> {
    await this.#reader.cancel()
  }
}
