/** The mail with a setup link. Its texts are in views/emails. */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import ejs from 'ejs'
import type { TimeStyle } from '../clock/time.js'
import type { MailConfig } from '../config.js'
import { fullDate, timeOfDay } from '../shown-time.js'
import type { SetupLinkContent, WaitingMail } from '../store/mail-outbox.js'
import { type LinkKey, linkToken } from '../store/setup-links.js'
import { type Message, messageIdFor } from './transport.js'

/** What every setup link's mail has in common. */
export interface Letterhead {
  readonly companyName: string
  /** As it is shown; null until IT sets it. */
  readonly dialInNumber: string | null
  readonly timeStyle: TimeStyle
  readonly mail: MailConfig
  readonly linkKey: LinkKey
}

export interface SetupLinkMailView {
  readonly companyName: string
  readonly dialInNumber: string | null
  readonly name: string
  readonly phoneClockId: string
  /** The link resets a PIN that works until then. */
  readonly hasPin: boolean
  readonly url: string
  /** "Monday, November 30, 2026, 8:05 AM". */
  readonly expires: string
}

/** Templates are not compiled: they stay at the project's root. */
const templates = fileURLToPath(new URL('../../views/emails', import.meta.url))

export async function setupLinkMail(
  mail: WaitingMail,
  { employee, link }: SetupLinkContent,
  letterhead: Letterhead,
): Promise<Message> {
  const { timeStyle, linkKey, mail: config } = letterhead
  const { nonce, expiresAt } = link
  const token = linkToken(linkKey, nonce)
  const { phoneClockId, hasPin } = employee
  const name = oneLine(employee.name)
  const companyName = oneLine(letterhead.companyName)
  const view: SetupLinkMailView = {
    companyName,
    dialInNumber: letterhead.dialInNumber,
    name,
    phoneClockId,
    hasPin,
    url: `${config.publicUrl}/setup/${token}`,
    expires: `${fullDate(expiresAt, timeStyle)}, ${timeOfDay(expiresAt, timeStyle)}`,
  }
  return {
    to: { name, address: mail.address },
    subject: `${companyName}: ${hasPin ? 'pick a new PIN' : 'pick your PIN'} for the phone clock`,
    text: await ejs.renderFile(`${templates}/setup-link.txt.ejs`, view, { cache: true }),
    html: await ejs.renderFile(`${templates}/setup-link.html.ejs`, view, { cache: true }),
    messageId: messageIdOf(mail.id, nonce, config),
    secret: token,
  }
}

/** Always the same for a link's mail, and nothing that leads to the link. */
function messageIdOf(id: number, nonce: string, { from }: MailConfig): string {
  const hash = createHash('sha256').update(nonce).digest('hex').slice(0, 24)
  return messageIdFor(`setup-link-${id}-${hash}`, from)
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
