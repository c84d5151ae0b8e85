/** A real SMTP server for tests, on loopback and a free port. It keeps each mail that it accepts, and fails as it is told. */
import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export interface ReceivedMail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  /** The first setup link in the text. */
  readonly link: URL | null
  /** Everything else, as mailparser gives it. */
  readonly parsed: ParsedMail
}

/** Where in a conversation the server can stop: it knows the recipient; it has some of the message; it has all of it. */
export type Stage = 'recipient' | 'message' | 'end'

export interface Held {
  /** Settles once the server has held a conversation. */
  readonly reached: Promise<void>
  /** Lets it and all others go on. */
  release(): void
}

export interface MailServer {
  readonly port: number
  /** For SMTP_URL; with user and password where the server wants them. */
  readonly url: string
  /** The mails that were confirmed, the first one first. */
  readonly mails: readonly ReceivedMail[]
  /** The mails that it had in full when it dropped the connection without a reply. */
  readonly unconfirmed: readonly ReceivedMail[]
  /** How many conversations ended with a message begun and not complete. */
  readonly brokenOff: number
  /** How many connections were made. */
  readonly connections: number
  /** Settles once `count` mails have been confirmed in all. */
  received(count: number): Promise<readonly ReceivedMail[]>
  /** Answers a recipient with this from now on, such as "550 5.1.1 no such user"; null takes mail again. */
  refuse(address: string, reply: string | null): void
  /** Answers the next `times` recipients, or only this one, with 451. */
  putOff(times: number, address?: string): void
  /** Answers every sender with this from now on; null takes mail again. */
  refuseSenders(reply: string | null): void
  /** Drops the next `times` connections at this stage; at the end without a reply. */
  drop(stage: Stage, times?: number): void
  /** Stops every conversation at this stage (not amid the message) until it is released. */
  hold(stage: Exclude<Stage, 'message'>): Held
  /** Closes the port and all connections. */
  goDown(): Promise<void>
  /** Opens the same port again. */
  comeUp(): Promise<void>
  close(): Promise<void>
}

export async function openMailServer(login?: { user: string; password: string }): Promise<MailServer> {
  const mails: ReceivedMail[] = []
  const unconfirmed: ReceivedMail[] = []
  const events = new EventEmitter()
  const replies = new Map<string, string>()
  const drops = new Map<Stage, number>()
  let senders: string | null = null
  let holding: { stage: Stage; reached: () => void; released: Promise<void> } | null = null
  let deferral: { times: number; address: string | undefined } = { times: 0, address: undefined }
  let brokenOff = 0
  let connections = 0
  let sockets = new Map<number, Socket>()

  /** Whether this conversation is to be dropped here. */
  const isDropped = (stage: Stage, remotePort: number): boolean => {
    const left = drops.get(stage) ?? 0
    if (left === 0) return false
    drops.set(stage, left - 1)
    sockets.get(remotePort)?.destroy()
    return true
  }
  const held = async (stage: Stage) => {
    if (holding?.stage !== stage) return
    holding.reached()
    await holding.released
  }
  const recipientFault = (address: string): Error | null => {
    if (deferral.times > 0 && (deferral.address ?? address) === address) {
      deferral.times--
      return smtpReply('451 4.7.1 try again later')
    }
    const reply = replies.get(address)
    return reply === undefined ? null : smtpReply(reply)
  }

  const start = async (port: number): Promise<SMTPServer> => {
    const server = new SMTPServer({
      disabledCommands: login ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
      authOptional: !login,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      closeTimeout: 1,
      logger: false,
      onAuth({ username, password }, _session, callback) {
        if (username === login?.user && password === login?.password) return callback(null, { user: username })
        callback(smtpReply('535 5.7.8 wrong user or password'))
      },
      onMailFrom(_address, _session, callback) {
        callback(senders === null ? null : smtpReply(senders))
      },
      onRcptTo({ address }, { remotePort }, callback) {
        if (isDropped('recipient', remotePort)) return
        void held('recipient').then(() => callback(recipientFault(address)))
      },
      onData(stream, { remotePort, envelope }, callback) {
        const chunks: Buffer[] = []
        stream.once('data', () => isDropped('message', remotePort))
        stream.on('data', chunk => chunks.push(chunk))
        stream.on('error', () => brokenOff++)
        stream.on('end', async () => {
          const dropped = isDropped('end', remotePort)
          const mail = toReceived(await simpleParser(Buffer.concat(chunks)), envelope.rcptTo[0]?.address ?? '')
          if (dropped) {
            unconfirmed.push(mail)
            return
          }
          await held('end')
          mails.push(mail)
          events.emit('mail')
          callback(null, '2.0.0 taken')
        })
      },
    })
    server.on('error', () => {})
    server.server.on('connection', socket => {
      connections++
      sockets.set(socket.remotePort ?? 0, socket)
    })
    server.listen(port, '127.0.0.1')
    await once(server.server, 'listening')
    return server
  }

  let server: SMTPServer | null = await start(0)
  const port = portOf(server)
  const goDown = async () => {
    const closing = server
    server = null
    if (!closing) return
    for (const socket of sockets.values()) socket.destroy()
    sockets = new Map()
    await new Promise<void>(resolve => closing.close(resolve))
  }
  return {
    port,
    url: `smtp://${login ? `${login.user}:${login.password}@` : ''}127.0.0.1:${port}`,
    mails,
    unconfirmed,
    get brokenOff() {
      return brokenOff
    },
    get connections() {
      return connections
    },
    async received(count) {
      while (mails.length < count) await once(events, 'mail')
      return mails
    },
    refuse(address, reply) {
      if (reply === null) replies.delete(address)
      else replies.set(address, reply)
    },
    putOff(times, address) {
      deferral = { times, address }
    },
    refuseSenders(reply) {
      senders = reply
    },
    drop(stage, times = 1) {
      drops.set(stage, times)
    },
    hold(stage) {
      let reached = () => {}
      let release = () => {}
      const whenReached = new Promise<void>(resolve => {
        reached = resolve
      })
      const released = new Promise<void>(resolve => {
        release = resolve
      })
      holding = { stage, reached, released }
      return {
        reached: whenReached,
        release() {
          holding = null
          release()
        },
      }
    },
    goDown,
    async comeUp() {
      server ??= await start(port)
    },
    close: goDown,
  }
}

/** Of "550 5.1.1 no such user" what smtp-server answers with. */
function smtpReply(reply: string): Error {
  const [code = '', ...words] = reply.split(' ')
  return Object.assign(new Error(words.join(' ')), { responseCode: Number(code) })
}

function toReceived(parsed: ParsedMail, to: string): ReceivedMail {
  const { subject = '', text = '', html, messageId = '' } = parsed
  const link = text.match(/https?:\/\/\S+\/setup\/\S+/)
  return { to, subject, text, html: html || '', messageId, link: link && new URL(link[0]), parsed }
}

function portOf({ server }: SMTPServer): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port')
  return address.port
}
