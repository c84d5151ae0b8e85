/** A company's own timekeeping that webhooks send to: a real HTTP server on loopback, which a test can make misbehave. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export interface Received {
  readonly headers: Record<string, string>
  readonly body: string
  readonly at: number
}

/** How a request is answered: a status, or by hand. */
export type Answer = number | ((req: IncomingMessage, res: ServerResponse) => void)

export type WebhookReceiver = Awaited<ReturnType<typeof openWebhookReceiver>>

export async function openWebhookReceiver() {
  const received: Received[] = []
  const next: Answer[] = []
  let usual: Answer = 204
  let most = 0
  let open = 0
  let server = await listen(0)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  async function listen(onPort: number) {
    const server = createServer(async (req, res) => {
      most = Math.max(most, ++open)
      res.once('close', () => open--)
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk)
      const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]))
      received.push({ headers, body: Buffer.concat(chunks).toString(), at: Date.now() })
      const answer = next.shift() ?? usual
      if (typeof answer === 'number') res.writeHead(answer).end()
      else answer(req, res)
    })
    server.listen(onPort, '127.0.0.1')
    await once(server, 'listening')
    return server
  }

  return {
    url: `http://127.0.0.1:${port}/punches`,
    /** All requests so far, in their order. */
    received,
    /** How many requests were open at once at most. */
    mostAtOnce: () => most,
    /** The next requests are answered like this, the ones after them as usual. */
    answerNext: (...answers: Answer[]) => void next.push(...answers),
    answerAlways: (answer: Answer) => {
      usual = answer
    },
    /** Waits until so many requests came. */
    async reached(count: number, within = 5000): Promise<void> {
      const until = Date.now() + within
      while (received.length < count) {
        if (Date.now() > until) throw new Error(`only ${received.length} of ${count} requests came`)
        await pause(5)
      }
    },
    /** Nothing listens there any more. */
    async goDown(): Promise<void> {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
    async comeUp(): Promise<void> {
      server = await listen(port)
    },
    async close(): Promise<void> {
      if (server.listening) await this.goDown()
    },
  }
}
