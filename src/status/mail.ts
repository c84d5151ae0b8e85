/** Mails that wait to be sent. */
import { type Instant, MINUTE } from '../clock/time.js'
import type { MailQueue } from '../store/mail-outbox.js'
import { attention, type Finding, ok } from './finding.js'

/** A mail that waits for longer is held up, also where no fault is known. */
const SENT_WITHIN = 15 * MINUTE

export function judgeMail(
  { waiting, oldestAt, fault }: MailQueue,
  isSetUp: boolean,
  now: Instant,
  say: (instant: Instant) => string,
): Finding {
  if (!isSetUp) {
    const finding = 'Not set up: PINs are set by hand.'
    if (waiting === 0) return ok(finding)
    return attention(`${finding} ${mails(waiting)}.`, 'Set SMTP_URL, MAIL_FROM and PUBLIC_URL, and start again.')
  }
  if (oldestAt === null) return ok('No mail waits.')
  const finding = `${mails(waiting)}, the oldest since ${say(oldestAt)}.`
  if (fault === null && oldestAt > now - SENT_WITHIN) return ok(finding)
  return attention(
    fault === null ? finding : `${finding} ${fault}`,
    'Each is tried again for a day. Look into the mail server; punchline doctor --only mail tries it.',
  )
}

function mails(count: number): string {
  return count === 1 ? 'One mail waits' : `${count} mails wait`
}
