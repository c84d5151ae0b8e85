/** The first page: who is in, and the latest time entries. */
import { Router } from 'express'
import { isForgotten } from '../clock/punch.js'
import type { Instant, TimeStyle } from '../clock/time.js'
import { workedMinutes } from '../clock/worked-time.js'
import { dayAndTime, duration, isSameDay, timeOfDay } from '../shown-time.js'
import type { RecordingFolder } from '../store/recordings.js'
import type { TimeEntryState } from '../store/schema.js'
import { readSettings } from '../store/settings.js'
import { listTimeEntries, type TimeEntry, type VoiceCheck, whoIsIn } from '../store/time-entries.js'
import { needsAdmin } from './accounts/sign-in.js'
import type { Site } from './site.js'
import { show } from './views.js'

export interface HomeView {
  readonly title: string
  readonly section: 'home'
  readonly asOf: string
  readonly inNow: readonly OpenEntryView[]
  /** Open for so long that the clock-out was forgotten. */
  readonly forgotten: readonly OpenEntryView[]
  readonly forgottenAfterHours: number
  readonly entries: readonly EntryView[]
}

interface OpenEntryView {
  readonly employee: string
  readonly job: string | null
  readonly since: Moment
  readonly howLong: string
}

interface EntryView {
  readonly employee: string
  readonly job: string | null
  readonly clockIn: PunchView
  readonly clockOut: PunchView | null
  readonly worked: string | null
  readonly state: TimeEntryState
}

interface PunchView extends Moment {
  readonly voiceCheck: VoiceCheckView
}

interface Moment {
  readonly iso: string
  readonly text: string
}

interface VoiceCheckView {
  /** For whoever hears the page instead of seeing it. */
  readonly name: string
  /** Where to play it; null when there is nothing to play. */
  readonly url: string | null
  /** What an admin should notice. */
  readonly mark: 'no voice check' | 'silent' | 'recording lost' | null
}

const LATEST = 50

export function home({ db, recordings, timeStyle }: Site): Router {
  return Router().get('/', needsAdmin, async (_req, res) => {
    const { forgottenAfterHours } = await readSettings(db)
    const clock = { now: Date.now(), style: timeStyle, forgottenAfterHours }
    const open = await whoIsIn(db)
    const latest = await listTimeEntries(db, { limit: LATEST })
    show(res, 'home', {
      title: 'Who is in',
      section: 'home',
      asOf: dayAndTime(clock.now, clock.now, clock.style),
      inNow: open.filter(entry => !isLeftOpen(entry, clock)).map(entry => openEntryView(entry, clock)),
      forgotten: open.filter(entry => isLeftOpen(entry, clock)).map(entry => openEntryView(entry, clock)),
      forgottenAfterHours,
      entries: await Promise.all(latest.map(entry => entryView(entry, clock, recordings))),
    })
  })
}

/** What a time looks like from here and now. */
interface Clock {
  readonly now: Instant
  readonly style: TimeStyle
  readonly forgottenAfterHours: number
}

/** The next call will mark such an entry and clock in; the admin sees it now. */
function isLeftOpen({ state, clockInAt }: TimeEntry, clock: Clock): boolean {
  return state === 'open' && isForgotten(clockInAt, clock.now, clock)
}

function openEntryView({ employee, job, clockInAt }: TimeEntry, clock: Clock): OpenEntryView {
  const since = { iso: iso(clockInAt), text: timeSeenFrom(clock.now, clockInAt, clock) }
  return { employee, job, since, howLong: duration(workedMinutes(clockInAt, clock.now)) }
}

async function entryView(entry: TimeEntry, clock: Clock, recordings: RecordingFolder): Promise<EntryView> {
  const { employee, job, clockInAt, clockOutAt } = entry
  return {
    employee,
    job,
    clockIn: {
      iso: iso(clockInAt),
      text: dayAndTime(clockInAt, clock.now, clock.style),
      voiceCheck: await voiceCheckView(entry.clockInVoice, `${employee}, clock-in`, recordings),
    },
    clockOut:
      clockOutAt === null
        ? null
        : {
            iso: iso(clockOutAt),
            text: timeSeenFrom(clockInAt, clockOutAt, clock),
            voiceCheck: await voiceCheckView(entry.clockOutVoice, `${employee}, clock-out`, recordings),
          },
    worked: clockOutAt === null ? null : duration(workedMinutes(clockInAt, clockOutAt)),
    state: isLeftOpen(entry, clock) ? 'missing-clock-out' : entry.state,
  }
}

async function voiceCheckView(
  check: VoiceCheck | null,
  of: string,
  recordings: RecordingFolder,
): Promise<VoiceCheckView> {
  const name = `Voice check of ${of}`
  if (!check?.recording) return { name, url: null, mark: 'no voice check' }
  const isThere = (await recordings.find(check.recording)) !== null
  if (!isThere) return { name, url: null, mark: 'recording lost' }
  return { name, url: `/voice-checks/${check.id}/audio`, mark: check.hasSpeech ? null : 'silent' }
}

/** The time of day alone when it is the day of `from`. */
function timeSeenFrom(from: Instant, instant: Instant, clock: Clock): string {
  return isSameDay(from, instant, clock.style)
    ? timeOfDay(instant, clock.style)
    : dayAndTime(instant, clock.now, clock.style)
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString()
}
