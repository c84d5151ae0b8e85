/** What an SMTP conversation that failed means: for one mail or for all, for good or for now, and in which words. */
import type { NodemailerError } from 'nodemailer'

/** A mail was not sent, or the server can't be used. The message is a sentence for admins. */
export class MailFailure extends Error {
  /** No later attempt can do better. */
  readonly isPermanent: boolean
  /** It would have happened to any mail: the server is away, or doesn't let us send. */
  readonly concernsAll: boolean
  /** The server's answer, as a number; null when there was none. */
  readonly replyCode: number | null

  constructor(
    sentence: string,
    kind: { isPermanent: boolean; concernsAll: boolean; replyCode: number | null; cause: unknown },
  ) {
    super(sentence, { cause: kind.cause })
    this.isPermanent = kind.isPermanent
    this.concernsAll = kind.concernsAll
    this.replyCode = kind.replyCode
  }
}

export interface Attempt {
  /** Null: no mail, only a look whether the server can be used. */
  readonly address: string | null
  /** Whether the server had agreed to take the message itself. */
  readonly begun: boolean
  /** What a server that quotes the mail must not get into our records. */
  readonly secret: string | null
}

/** Reads the error of a mail that nodemailer could not send. */
export function mailFailure(error: unknown, { address, begun, secret }: Attempt): MailFailure {
  const { code, command, responseCode, response, message } = smtpError(error)
  const words = quote(response || message, secret)
  const replyCode = responseCode ?? null
  const failure = (sentence: string, kind: { isPermanent?: boolean; concernsAll?: boolean }) =>
    new MailFailure(sentence, { isPermanent: false, concernsAll: false, replyCode, cause: error, ...kind })

  const isAboutMessage = (code === 'EENVELOPE' || code === 'EMESSAGE') && command !== 'MAIL FROM' && replyCode !== 421
  if (isAboutMessage && replyCode === null) {
    return failure(`${address} is not an address that mail can be sent to (${words})`, { isPermanent: true })
  }
  if (isAboutMessage && replyCode !== null) {
    return replyCode >= 500 && replyCode !== BAD_SEQUENCE
      ? failure(`The mail server refused ${address}: ${words}`, { isPermanent: true })
      : failure(`The mail server does not take mail for ${address} now: ${words}`, {})
  }
  if (begun) return failure(`The connection broke in the middle of the mail to ${address}: ${words}`, {})
  const trouble = TROUBLE.get(code ?? '') ?? troubleWith(command)
  return failure(`${trouble}: ${wrongProtocol(words) ?? words}`, { concernsAll: true })
}

/** 503 says that the conversation went wrong, not that the mail was refused. */
const BAD_SEQUENCE = 503

const TROUBLE = new Map([
  ['EAUTH', 'The mail server refuses the login'],
  ['ENOAUTH', 'The mail server wants a login'],
  ['ETLS', "The mail server can't be reached over TLS"],
])

function troubleWith(command: string | undefined): string {
  return command === 'MAIL FROM' ? 'The mail server refuses the sender' : "The mail server can't be reached"
}

/** What only says between the lines that SMTP_URL has smtp for smtps, or the other way round. */
function wrongProtocol(words: string): string | null {
  if (words.includes('wrong version number')) return 'this port does not begin with TLS; try smtp: in SMTP_URL'
  if (words === 'Greeting never received')
    return 'it does not greet; a port that begins with TLS needs smtps: in SMTP_URL'
  return null
}

/** Nodemailer's errors are errors that may have more to them. */
function smtpError(error: unknown): NodemailerError {
  return error instanceof Error ? error : new Error(String(error))
}

const LONGEST_QUOTE = 200

/** The server's words, or the system's: one line of bounded length without what must stay secret. */
function quote(said: string, secret: string | null): string {
  const line = said
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a server may send anything.
    .replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim()
  const clean = secret === null ? line : line.replaceAll(secret, '…')
  return clean.length > LONGEST_QUOTE ? `${clean.slice(0, LONGEST_QUOTE)}…` : clean
}
