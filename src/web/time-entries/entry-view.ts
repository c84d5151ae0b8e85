/** A time entry as a row of a page, with its marks. */
import { isForgotten } from '../../clock/punch.js'
import type { Instant, TimeStyle } from '../../clock/time.js'
import { workedMinutes, workedMinutesWithin } from '../../clock/worked-time.js'
import { dayAndTime, duration, timeSeenFrom } from '../../shown-time.js'
import type { RecordingFolder } from '../../store/recordings.js'
import type { TimeEntryState } from '../../store/schema.js'
import type { PunchOrigin, TimeEntry, VoiceCheck } from '../../store/time-entries.js'
import type { Span } from '../../store/worked-totals.js'

export interface EntryView {
  readonly id: number
  readonly employeeId: number
  readonly employee: string
  readonly job: string | null
  readonly clockIn: PunchView
  readonly clockOut: PunchView | null
  readonly worked: string | null
  /** What of it lies in the range, where that is less than all. */
  readonly workedWithin: string | null
  /** As it counts: an open entry that was forgotten is missing its clock-out. */
  readonly state: TimeEntryState
  readonly isCorrected: boolean
}

/** views/partials/punch.ejs */
export interface PunchView {
  readonly iso: string
  readonly text: string
  /** Null where the time is an admin's: there was no call. */
  readonly voiceCheck: VoiceCheckView | null
  /** The clock location that the call came from. */
  readonly place: string | null
  readonly isNewNumber: boolean
}

interface VoiceCheckView {
  /** For whoever hears the page instead of seeing it. */
  readonly name: string
  /** Where to play it; null when there is nothing to play. */
  readonly url: string | null
  /** What an admin should notice. */
  readonly mark: 'no voice check' | 'silent voice check' | 'doubtful' | 'recording lost' | null
  readonly isErased: boolean
}

/** What a time looks like from here and now. */
export interface Clock {
  readonly now: Instant
  readonly style: TimeStyle
  readonly forgottenAfterHours: number
}

export async function entryView(
  entry: TimeEntry,
  clock: Clock,
  recordings: RecordingFolder,
  within: Span | null,
): Promise<EntryView> {
  const { id, employeeId, employee, job, clockInAt, clockOutAt, isCorrected } = entry
  const minutes = clockOutAt === null ? null : workedMinutes(clockInAt, clockOutAt)
  const part = clockOutAt === null || !within ? minutes : workedMinutesWithin(clockInAt, clockOutAt, within)
  return {
    id,
    employeeId,
    employee,
    job,
    clockIn: {
      iso: iso(clockInAt),
      text: dayAndTime(clockInAt, clock.now, clock.style),
      voiceCheck: await voiceCheckView(entry.clockInPunchId, entry.clockInVoice, `${employee}, clock-in`, recordings),
      ...originView(entry.clockInFrom),
    },
    clockOut:
      clockOutAt === null
        ? null
        : {
            iso: iso(clockOutAt),
            text: timeSeenFrom(clockInAt, clockOutAt, clock.now, clock.style),
            voiceCheck: await voiceCheckView(
              entry.clockOutPunchId,
              entry.clockOutVoice,
              `${employee}, clock-out`,
              recordings,
            ),
            ...originView(entry.clockOutFrom),
          },
    worked: minutes === null ? null : duration(minutes),
    workedWithin: part === null || part === minutes ? null : duration(part),
    state: countedState(entry, clock),
    isCorrected,
  }
}

function originView(from: PunchOrigin | null): Pick<PunchView, 'place' | 'isNewNumber'> {
  return { place: from?.place ?? null, isNewNumber: from?.isNewNumber ?? false }
}

/** The next call will mark an entry that was forgotten, and clock in; the admin sees it now. */
export function countedState({ state, clockInAt }: TimeEntry, clock: Clock): TimeEntryState {
  return state === 'open' && isForgotten(clockInAt, clock.now, clock) ? 'missing-clock-out' : state
}

async function voiceCheckView(
  punchId: number | null,
  check: VoiceCheck | null,
  of: string,
  recordings: RecordingFolder,
): Promise<VoiceCheckView | null> {
  if (punchId === null) return null
  const name = `Voice check of ${of}`
  if (check?.isErased) {
    return { name, url: null, mark: check.verdict === 'doubtful' ? 'doubtful' : null, isErased: true }
  }
  if (!check?.recording) return { name, url: null, mark: 'no voice check', isErased: false }
  if ((await recordings.find(check.recording)) === null) {
    return { name, url: null, mark: 'recording lost', isErased: false }
  }
  return { name, url: `/voice-checks/${check.id}/audio`, mark: markOf(check), isErased: false }
}

function markOf({ verdict, hasSpeech }: VoiceCheck): VoiceCheckView['mark'] {
  if (verdict === 'doubtful') return 'doubtful'
  return hasSpeech ? null : 'silent voice check'
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString()
}
