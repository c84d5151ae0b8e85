/** One call: each of its steps, and what it led to. */
import { Router } from 'express'
import { dayAndTime, timeWithSeconds } from '../../shown-time.js'
import { readCall } from '../../store/call-list.js'
import { needsReader } from '../accounts/sign-in.js'
import { attestationInWords, callerInWords } from '../caller-in-words.js'
import { PageRefused } from '../errors.js'
import { liveStream } from '../live.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { lengthInWords, outcomeInWords, progressInWords } from './words.js'

export interface CallPageView {
  readonly title: string
  readonly section: 'calls'
  readonly here: string
  /** Where the page is kept current from; null when the call is over. */
  readonly live: string | null
  readonly call: CallView
}

export interface CallView {
  readonly when: string
  readonly iso: string
  readonly number: string
  /** What the number's signature says; null: it has none. */
  readonly attestation: string | null
  /** Whether it is new for the employee. */
  readonly isNew: boolean
  /** Where the number is given a name; null: it has one, or is not known. */
  readonly naming: string | null
  /** What finds the other calls from this number; null when it is not known. */
  readonly sameNumber: string | null
  readonly employeeId: number | null
  readonly employee: string | null
  readonly howLong: string | null
  readonly progress: string | null
  readonly outcome: string
  readonly isErased: boolean
  readonly steps: readonly StepView[]
  readonly timeEntryId: number | null
  readonly voiceCheck: TapeView | null
  readonly unclaimed: (TapeView & { readonly isSettled: boolean }) | null
}

interface StepView {
  readonly time: string
  readonly iso: string
  /** Seconds since the answer, such as "3.2". */
  readonly after: string
  readonly step: string
  readonly detail: string | null
}

interface TapeView {
  readonly id: number
  /** Whether there is something to play. */
  readonly isThere: boolean
}

export function call(site: Site): Router {
  return Router().get('/calls/:id', needsReader, async (req, res) => {
    const id = rowId(req.params.id)
    const { isOver, ...view } = await callView(site, id)
    const title = `Call of ${view.when}`
    show(res, 'call', {
      title,
      section: 'calls',
      here: `/calls/${id}`,
      live: isOver ? null : `/calls/${id}/live`,
      call: view,
    })
  })
}

/** A call as it happens. */
export function callLive(site: Site): Router {
  const stream = liveStream(site, 'call', async req => {
    const id = rowId(req.params.id)
    await callView(site, id)
    return { key: `${id}`, read: () => callView(site, id) }
  })
  return Router().get('/calls/:id/live', stream)
}

/** @throws PageRefused when there is no such call */
async function callView(
  { db, recordings, timeStyle }: Site,
  id: number,
): Promise<CallView & { readonly isOver: boolean }> {
  const found = await readCall(db, id)
  if (!found) throw new PageRefused(404, 'There is no such call.')
  const { answeredAt, endedAt, voiceCheck, unclaimed } = found
  const isThere = async (recording: string | null) => recording !== null && (await recordings.find(recording)) !== null
  return {
    isOver: endedAt !== null,
    when: dayAndTime(answeredAt, Date.now(), timeStyle),
    iso: new Date(answeredAt).toISOString(),
    number: callerInWords(found),
    attestation: attestationInWords(found.attestation),
    isNew: found.numberIsNew,
    naming:
      found.callerNumber !== null && found.place === null
        ? `/clock-locations?${new URLSearchParams({ number: found.callerNumber })}`
        : null,
    sameNumber: found.callerNumber && `/calls?${new URLSearchParams({ q: found.callerNumber })}`,
    employeeId: found.employeeId,
    employee: found.employee,
    howLong: endedAt === null ? null : lengthInWords(endedAt - answeredAt),
    progress: progressInWords(found.steps),
    outcome: outcomeInWords(found.outcome),
    isErased: found.isErased,
    steps: found.steps.map(({ at, step, detail }) => ({
      time: timeWithSeconds(at, timeStyle),
      iso: new Date(at).toISOString(),
      after: (Math.max(0, at - answeredAt) / 1000).toFixed(1),
      step,
      detail,
    })),
    timeEntryId: found.timeEntryId,
    voiceCheck: voiceCheck && { id: voiceCheck.id, isThere: await isThere(voiceCheck.recording) },
    unclaimed: unclaimed && {
      id: unclaimed.id,
      isSettled: unclaimed.isSettled,
      isThere: await isThere(unclaimed.recording),
    },
  }
}
