/** Whether the mail server has taken a mail. */
import type { Instant } from '../clock/time.js'
import type { MailSigns } from '../store/mail-outbox.js'
import { attention, type Finding, ok, wrong } from './finding.js'

const SET_UP = attention(
  'Mail is not set up: setup links can’t be emailed, and PINs are set by hand.',
  'To email setup links, write these into the file .env beside README.md, with your own values, and start Punchline again:',
  'SMTP_URL=smtp://clock:secret@mail.example.com:587\nMAIL_FROM=Time clock <clock@example.com>\nPUBLIC_URL=https://clock.example.com',
)

const TRY = 'Send yourself a test mail, here or by:'
const TRY_BY = 'npx punchline doctor --mail you@example.com'

export function judgeTestMail(
  isSetUp: boolean,
  { test, sentAt }: MailSigns,
  say: (instant: Instant) => string,
): Finding {
  if (!isSetUp) return SET_UP
  const wasSentSince = sentAt !== null && (test === null || sentAt > test.at)
  if (wasSentSince) return ok(`The mail server took a mail, ${say(sentAt)}.`)
  if (test === null) return attention('No mail was sent yet.', TRY, TRY_BY)
  const { address, state, fault, at } = test
  switch (state) {
    case 'sent':
      return ok(`The mail server took a test mail for ${address}, ${say(at)}. Look whether it has arrived.`)
    case 'waiting':
    case 'handing-over':
      if (fault !== null)
        return wrong(
          `A test mail for ${address} waits. ${fault}`,
          'Set that right; it is tried again by itself for a day, or at once by another test.',
        )
      return attention(`A test mail for ${address} is on its way.`, 'Wait a moment.')
    case 'failed':
      return wrong(
        `The test mail for ${address} was not sent. ${fault ?? ''}`.trim(),
        'Set that right, and send another, here or by:',
        TRY_BY,
      )
    case 'cancelled':
    case 'unconfirmed':
      return attention(`Whether the test mail for ${address} was sent is not certain.`, TRY, TRY_BY)
  }
}
