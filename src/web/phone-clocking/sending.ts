/** How the emailing of setup links stands: what is on its way, and who could not be reached and why. */
import type { Instant, TimeStyle } from '../../clock/time.js'
import { dayAndTime } from '../../shown-time.js'
import { latestMailing, type Mailing, waitingFaults } from '../../store/mail-outbox.js'
import { readUnreached } from '../../store/roster.js'
import type { Site } from '../site.js'

export interface SendingView {
  /** The latest press of *Email setup links*. */
  readonly mailing: {
    readonly startedAt: string
    readonly startedBy: string
    readonly total: number
    readonly sent: number
    readonly failed: number
    readonly cancelled: number
    readonly unconfirmed: number
    readonly waiting: number
  } | null
  /** What holds up mails that wait. */
  readonly holdUps: readonly { readonly fault: string; readonly count: number }[]
  readonly unreached: readonly { readonly employeeId: number; readonly name: string; readonly why: string }[]
}

export async function sendingView({ db, timeStyle }: Site, now: Instant): Promise<SendingView> {
  const mailing = await latestMailing(db)
  const unreached = await readUnreached(db, now)
  return {
    mailing: mailing && mailingView(mailing, now, timeStyle),
    holdUps: await waitingFaults(db),
    unreached: unreached.map(({ employeeId, name, link }) => ({ employeeId, name, why: link?.mail.fault ?? '' })),
  }
}

function mailingView({ startedAt, startedBy, mails }: Mailing, now: Instant, style: TimeStyle): SendingView['mailing'] {
  const { sent, failed, cancelled, unconfirmed } = mails
  const waiting = mails.waiting + mails['handing-over']
  return {
    startedAt: dayAndTime(startedAt, now, style),
    startedBy,
    total: sent + failed + cancelled + unconfirmed + waiting,
    sent,
    failed,
    cancelled,
    unconfirmed,
    waiting,
  }
}
