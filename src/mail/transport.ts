/** The way to the mail server: a few connections that are kept while there is something to send. */
import { Readable } from 'node:stream'
import { domainToASCII } from 'node:url'
import { createTransport } from 'nodemailer'
import { parseConnectionUrl } from 'nodemailer/lib/shared'
import { MINUTE, SECOND } from '../clock/time.js'
import type { MailConfig } from '../config.js'
import { mailFailure } from './failure.js'

export interface Message {
  readonly to: { readonly name: string; readonly address: string }
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The same at every attempt, so that whoever gets the mail twice can tell. */
  readonly messageId: string
  /** What a server that quotes the mail must not get into our records. */
  readonly secret: string | null
}

export interface Transport {
  /**
   * Sends a mail and gives the server's confirmation. Before the last byte leaves, `mayEnd` is awaited; when it throws, the
   * connection is broken off instead, and the server has no mail.
   * @throws MailFailure
   */
  send(message: Message, mayEnd?: () => Promise<void>): Promise<string>
  /** Connects and logs in. @throws MailFailure */
  verify(): Promise<void>
  /** Breaks off what is being sent. */
  close(): void
}

/** A Message-ID in the sender's domain. */
export function messageIdFor(name: string, from: string): string {
  const domain = from.replace(/^.*@/, '').replace(/>$/, '')
  return `<${name}@${domainToASCII(domain) || 'localhost'}>`
}

/** How many mails are under way at once. */
export const CONNECTIONS = 3

export function openTransport({ smtpUrl, from }: MailConfig): Transport {
  const pool = createTransport(
    {
      // Read here: what a URL says after "?" would win over the options below, and could log passwords.
      ...parseConnectionUrl(smtpUrl),
      logger: false,
      debug: false,
      pool: true,
      maxConnections: CONNECTIONS,
      // Only a mail of which no byte has left goes over another connection.
      maxRequeues: 1,
      // Before servers close idle connections themselves, at the cost of the mail that comes just then.
      idleTimeout: 5 * SECOND,
      connectionTimeout: 15 * SECOND,
      greetingTimeout: 15 * SECOND,
      dnsTimeout: 15 * SECOND,
      // Long, as RFC 5321 wants it: a server may think about a mail that it has, and one that we give up too soon comes twice.
      socketTimeout: 5 * MINUTE,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    // Nothing answers by itself to what a machine sent.
    { from, headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' } },
  )
  const endings = new Map<string, (message: Readable) => AsyncIterable<unknown>>()
  pool.use('stream', ({ data, message }, done) => {
    const ending = endings.get(data.messageId ?? '')
    if (ending) message.processFunc(input => Readable.from(ending(input), { objectMode: false }))
    done()
  })

  return {
    async send({ secret, ...message }, mayEnd = async () => {}) {
      let begun = false
      // Runs once the server has agreed to take the message, and not before: nothing reads it until then.
      endings.set(message.messageId, async function* (input) {
        begun = true
        yield* input
        await mayEnd()
      })
      try {
        return (await pool.sendMail(message)).response
      } catch (error) {
        throw mailFailure(error, { address: message.to.address, begun, secret })
      } finally {
        endings.delete(message.messageId)
      }
    },
    async verify() {
      await pool.verify().catch(error => {
        throw mailFailure(error, { address: null, begun: false, secret: null })
      })
    },
    close() {
      pool.close({ force: true })
    },
  }
}
