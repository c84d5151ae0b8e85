/** The first page: who is in, and the latest time entries. */
import { Router } from 'express'
import { HOUR, type Instant } from '../clock/time.js'
import { workedMinutes } from '../clock/worked-time.js'
import type { RecordingFolder } from '../store/recordings.js'
import { readSettings } from '../store/settings.js'
import { listTimeEntries, type TimeEntry, type VoiceCheck, whoIsIn } from '../store/time-entries.js'
import { needsAdmin } from './sign-in.js'
import type { Site } from './site.js'
import { day, duration, isSameDay, type TimeStyle, timeOfDay } from './times.js'
import { show } from './views.js'

export interface HomeView {
  readonly title: string
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
  readonly date: string
  readonly clockIn: Moment
  readonly clockOut: Moment | null
  readonly worked: string | null
  readonly state: 'open' | 'closed' | 'missing clock-out'
  readonly voiceChecks: readonly VoiceCheckView[]
}

interface Moment {
  readonly iso: string
  readonly text: string
}

interface VoiceCheckView {
  readonly direction: 'In' | 'Out'
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
    const now = Date.now()
    const { forgottenAfterHours } = await readSettings(db)
    const isForgotten = (entry: TimeEntry) => now - entry.clockInAt > forgottenAfterHours * HOUR
    const open = await whoIsIn(db)
    const toOpen = (entry: TimeEntry) => openEntryView(entry, now, timeStyle)
    const latest = await listTimeEntries(db, { limit: LATEST })
    show(res, 'home', {
      title: 'Who is in',
      asOf: `${day(now, now, timeStyle)}, ${timeOfDay(now, timeStyle)}`,
      inNow: open.filter(entry => !isForgotten(entry)).map(toOpen),
      forgotten: open.filter(isForgotten).map(toOpen),
      forgottenAfterHours,
      entries: await Promise.all(
        latest.map(async entry => ({
          ...entryView(entry, now, timeStyle),
          state: stateOf(entry, isForgotten(entry)),
          voiceChecks: await voiceCheckViews(entry, recordings),
        })),
      ),
    })
  })
}

function openEntryView(entry: TimeEntry, now: Instant, style: TimeStyle): OpenEntryView {
  const { employee, job, clockInAt } = entry
  const since = moment(clockInAt, now, now, style)
  return { employee, job, since, howLong: duration(workedMinutes(clockInAt, now)) }
}

function entryView(entry: TimeEntry, now: Instant, style: TimeStyle): Omit<EntryView, 'state' | 'voiceChecks'> {
  const { employee, job, clockInAt, clockOutAt } = entry
  return {
    employee,
    job,
    date: day(clockInAt, now, style),
    clockIn: moment(clockInAt, clockInAt, now, style),
    clockOut: clockOutAt === null ? null : moment(clockOutAt, clockInAt, now, style),
    worked: clockOutAt === null ? null : duration(workedMinutes(clockInAt, clockOutAt)),
  }
}

/** An entry that is open for too long will be marked at the next call; the admin sees it now. */
function stateOf({ state }: TimeEntry, isForgotten: boolean): EntryView['state'] {
  if (state === 'missing-clock-out' || (state === 'open' && isForgotten)) return 'missing clock-out'
  return state
}

async function voiceCheckViews(entry: TimeEntry, recordings: RecordingFolder): Promise<VoiceCheckView[]> {
  const view = (direction: 'In' | 'Out', check: VoiceCheck | null) =>
    voiceCheckView(check, direction, entry.employee, recordings)
  const ofClockIn = await view('In', entry.clockInVoice)
  return entry.clockOutAt === null ? [ofClockIn] : [ofClockIn, await view('Out', entry.clockOutVoice)]
}

async function voiceCheckView(
  check: VoiceCheck | null,
  direction: 'In' | 'Out',
  employee: string,
  recordings: RecordingFolder,
): Promise<VoiceCheckView> {
  const name = `Voice check of ${employee}, clock-${direction.toLowerCase()}`
  if (!check?.recording) return { direction, name, url: null, mark: 'no voice check' }
  const isThere = (await recordings.find(check.recording)) !== null
  if (!isThere) return { direction, name, url: null, mark: 'recording lost' }
  return { direction, name, url: `/voice-checks/${check.id}/audio`, mark: check.hasSpeech ? null : 'silent' }
}

/** The time of day, with the date where it isn't `knownDay`'s. */
function moment(instant: Instant, knownDay: Instant, now: Instant, style: TimeStyle): Moment {
  const time = timeOfDay(instant, style)
  const text = isSameDay(instant, knownDay, style) ? time : `${day(instant, now, style)}, ${time}`
  return { iso: new Date(instant).toISOString(), text }
}
