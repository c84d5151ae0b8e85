/** The mail that tells admins that somebody may be guessing PINs. Its texts are in views/emails. */
import { fileURLToPath } from 'node:url'
import ejs from 'ejs'
import type { TimeStyle } from '../clock/time.js'
import type { MailConfig } from '../config.js'
import { fullDate, timeOfDay } from '../shown-time.js'
import type { AlarmContent, WaitingMail } from '../store/mail-outbox.js'
import { type Message, messageIdFor } from './transport.js'

export interface AlarmMailView {
  readonly companyName: string
  /** "Monday, November 30, 2026, 8:05 AM". */
  readonly when: string
  /** "1,204". */
  readonly wrongPins: string
}

const templates = fileURLToPath(new URL('../../views/emails', import.meta.url))

export async function alarmMail(
  { id, address }: WaitingMail,
  { raisedAt, wrongPins }: AlarmContent,
  { companyName, timeStyle, mail }: { companyName: string; timeStyle: TimeStyle; mail: MailConfig },
): Promise<Message> {
  const view: AlarmMailView = {
    companyName: companyName.replace(/\s+/g, ' ').trim(),
    when: `${fullDate(raisedAt, timeStyle)}, ${timeOfDay(raisedAt, timeStyle)}`,
    wrongPins: wrongPins.toLocaleString('en'),
  }
  return {
    to: { name: '', address },
    subject: `${view.companyName}: many wrong PINs at the phone clock`,
    text: await ejs.renderFile(`${templates}/alarm.txt.ejs`, view, { cache: true }),
    html: await ejs.renderFile(`${templates}/alarm.html.ejs`, view, { cache: true }),
    messageId: messageIdFor(`alarm-${id}-${raisedAt}`, mail.from),
    secret: null,
  }
}
