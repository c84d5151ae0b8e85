/** One voice check beside others of the same employee, and the verdict on it. */
import express, { type Request, Router } from 'express'
import { z } from 'zod'
import { DAY } from '../../clock/time.js'
import { eraseDoubtful, removeErasedFiles } from '../../store/retention.js'
import { readSettings } from '../../store/settings.js'
import {
  findVoiceCheck,
  judgeVoiceCheck,
  lastRecordings,
  neighbours,
  VerdictRefused,
  type VoiceCheckList,
} from '../../store/voice-checks.js'
import { needsAdmin, needsReader, signedIn } from '../accounts/sign-in.js'
import { PageRefused } from '../errors.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { type VoiceCheckView, voiceCheckView } from './view.js'

export interface OneVoiceCheckView {
  readonly title: string
  readonly section: 'voice-checks'
  readonly check: VoiceCheckView
  readonly entryId: number | null
  /** The same employee's other recordings, the latest first. */
  readonly others: readonly VoiceCheckView[]
  readonly recordingDays: number
  /** It would have been erased, were it not doubtful. */
  readonly isKeptLonger: boolean
  readonly previous: string | null
  readonly next: string | null
}

const OTHERS = 3

/** Files that go with one press: its own, and a few that a stopped run may have left before it. */
const ERASED_AT_ONCE = 50

const Form = z.object({
  verdict: z.enum(['heard', 'doubtful']),
  /** The verdict that the page showed. */
  seen: z.enum(['heard', 'doubtful', '']),
  /** Where the form stands, and where its page goes on. */
  from: z.enum(['check', 'waiting', 'doubtful', 'heard']),
})

export function voiceCheck(site: Site): Router {
  const { db, recordings, timeStyle: style } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get('/voice-checks/:id', needsReader, async (req, res) => {
    const now = Date.now()
    const check = await checkOf(req)
    const others = await lastRecordings(db, { employeeId: check.employeeId, except: check.id, limit: OTHERS })
    const { recordingDays } = await readSettings(db)
    const { previous, next } = await neighbours(db, check)
    const seen = { recordings, now, style }
    show(res, 'voice-check', {
      title: `Voice check of ${check.employee}`,
      section: 'voice-checks',
      check: await voiceCheckView(check, seen),
      entryId: check.entryId,
      others: await Promise.all(others.map(other => voiceCheckView(other, seen))),
      recordingDays,
      isKeptLonger:
        check.verdict === 'doubtful' && check.recording !== null && check.recordedAt < now - recordingDays * DAY,
      previous: previous === null ? null : `/voice-checks/${previous}`,
      next: next === null ? null : `/voice-checks/${next}`,
    })
  })

  router.post('/voice-checks/:id/verdict', needsAdmin, form, async (req, res) => {
    const check = await checkOf(req)
    const { verdict, seen, from } = parsed(req)
    const { next } = await neighbours(db, check)
    const before = await judgeVoiceCheck(db, { id: check.id, verdict, actor: signedIn(res).email }).catch(refusedAsPage)
    const wasOverruled = before !== null && before.verdict !== seen && before.verdict !== verdict
    const sentence = wasOverruled
      ? `${check.employee} is marked ${verdict} now. ${before.by} had marked it ${before.verdict} meanwhile.`
      : `${check.employee} is marked ${verdict}.`
    // The script of the queue goes on by itself.
    if (req.accepts(['html', 'json']) === 'json') res.json({ sentence, wasOverruled })
    else
      await done(site, req, res, from === 'check' && next !== null ? `/voice-checks/${next}` : listPath(from), sentence)
  })

  router.post('/voice-checks/:id/erase', needsAdmin, async (req, res) => {
    const check = await checkOf(req)
    const isErased = await eraseDoubtful(db, check.id, signedIn(res).email)
    if (isErased) await removeErasedFiles(db, recordings, ERASED_AT_ONCE)
    const sentence = isErased
      ? 'The recording is erased. The punch and its time entry stay.'
      : 'There was no doubtful recording to erase any more, so nothing was changed.'
    await done(site, req, res, `/voice-checks/${check.id}`, sentence)
  })

  async function checkOf(req: Request) {
    const check = await findVoiceCheck(db, rowId(req.params.id))
    if (!check) throw new PageRefused(404, 'There is no such voice check.')
    return check
  }

  return router
}

function listPath(from: 'check' | VoiceCheckList): string {
  return from === 'check' || from === 'waiting' ? '/voice-checks' : `/voice-checks?list=${from}`
}

function parsed(req: Request) {
  const form = Form.safeParse(req.body)
  if (!form.success) throw new PageRefused(400, 'Use the buttons on the page Voice checks.')
  return form.data
}

function refusedAsPage(error: unknown): never {
  throw error instanceof VerdictRefused ? new PageRefused(409, error.message) : error
}
