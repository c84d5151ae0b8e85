/** One call: what it holds, what is on record of it, and what it leaves behind. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Instant, MINUTE, SECOND, type TimeStyle } from '../clock/time.js'
import type { CallSteps } from '../store/call-steps.js'
import { type AnsweredCall, addCall, endCall, setCallEmployee } from '../store/calls.js'
import type { Database } from '../store/database.js'
import type { PinKey } from '../store/hashing.js'
import type { Identified } from '../store/judging.js'
import type { Punched } from '../store/punches.js'
import {
  addUnclaimedPunch,
  keepUnclaimedRecording,
  keepVoiceCheck,
  type RecordingFolder,
  type Taped,
} from '../store/recordings.js'
import type { CallOutcome, SoundTrouble } from '../store/schema.js'
import { storeFault } from '../store/store-fault.js'
import type { CallMeter, Step } from './call-meter.js'
import type { Recording } from './caller.js'
import type { RecentPunches } from './recent-punches.js'
import { durationMs, hasSpeech } from './speech.js'
import { closedWav, readWav } from './wav.js'

/** What every call works with. */
export interface PhoneClock {
  readonly db: Database
  readonly pinKey: PinKey
  readonly recordings: RecordingFolder
  readonly timeStyle: TimeStyle
  readonly recentPunches: RecentPunches
  readonly steps: CallSteps
  readonly meter: CallMeter
  readonly log: Logger
}

/** Between two attempts at writing that a call is over, in milliseconds. */
const END_AGAIN = 2_000
/** As the steps of the call say it. */
const TROUBLES: { readonly [Trouble in SoundTrouble]: string } = {
  'no-sound': 'no sound came from the caller',
  'no-sign': 'no key came, and no sign that the caller heard anything',
  'no-keys': 'no key came, though the caller heard us',
}
/** No caller takes so long for a step: a call without one is stuck. */
const STUCK_AFTER = 2 * MINUTE

export class Call {
  readonly id: number
  readonly answeredAt: Instant
  /** What attempts at PINs are counted by; null when the number is withheld, or its signature false. */
  readonly trustedNumber: string | null
  readonly clock: PhoneClock
  /** What the call has come to so far; null while nothing is. */
  outcome: CallOutcome | null = null
  /** What is wrong with its sound or its keys so far. */
  trouble: SoundTrouble | null = null
  readonly #log: Logger
  readonly #answeredMoment: number
  #lastStepAt = performance.now()
  readonly #failures = new Map<string, number>()
  #employeeId: number | null = null
  /** What is being written for this call, and the recordings on their way; none of it holds up the caller. */
  readonly #writes: Promise<void>[] = []
  readonly #recordings: Promise<void>[] = []

  private constructor(id: number, answered: AnsweredCall, clock: PhoneClock) {
    this.id = id
    this.answeredAt = answered.answeredAt
    this.trustedNumber = answered.attestation === 'failed' ? null : answered.callerNumber
    this.clock = clock
    this.#answeredMoment = clock.recentPunches.moment()
    this.#log = clock.log.child({ call: id })
  }

  /** Puts an answered call on record. */
  static async open(answered: AnsweredCall, clock: PhoneClock): Promise<Call> {
    const call = new Call(await addCall(clock.db, answered), answered, clock)
    call.note('answered', answered.callerNumber ?? 'withheld')
    return call
  }

  /** Notes a step of the conversation, and measures how long it took to come there. */
  step(step: Step, detail: string | null = null): void {
    const now = performance.now()
    this.clock.meter.stepTaken(step, (now - this.#lastStepAt) / SECOND)
    this.#lastStepAt = now
    this.note(step, detail)
  }

  /** Logs what happened and keeps it with the call. Neither names a digit that was keyed in. */
  note(step: string, detail: string | null = null): void {
    this.#log.info({ step, detail })
    const at = Date.now()
    this.#write(this.clock.steps.add({ callId: this.id, at, step, detail }))
  }

  /** Logs what went wrong without ending the call. */
  fault(step: string, error: unknown): void {
    this.#log.error({ step, err: error })
    this.note(step)
  }

  /** Tells, once, that there was no step for two minutes. Gives what ends the watch. */
  watch(onStuck: () => void): () => void {
    let timer: NodeJS.Timeout | undefined
    const look = () => {
      const left = this.#lastStepAt + STUCK_AFTER - performance.now()
      if (left <= 0) return onStuck()
      timer = setTimeout(look, left)
    }
    look()
    return () => clearTimeout(timer)
  }

  /** Counts a failure of a step, and gives how many there were in this call. */
  countFailure(step: string): number {
    const count = (this.#failures.get(step) ?? 0) + 1
    this.#failures.set(step, count)
    return count
  }

  identified(employee: Identified): void {
    this.#employeeId = employee.employeeId
    this.step('ID and PIN accepted', employee.numberIsNew ? 'from a number that is new for them' : null)
    this.#write(setCallEmployee(this.clock.db, this.id, employee))
  }

  /** How long before this call was answered a punch of this run was made. */
  readonly ago = (punchId: number): number | null => this.clock.recentPunches.ago(punchId, this.#answeredMoment)

  /** Notes the punch, which is on disk already. */
  punched(punch: Punched): void {
    this.clock.recentPunches.note(punch.punchId)
    if (punch.at > this.answeredAt) this.note('the last punch is later than the clock says: counted from there')
    this.clock.meter.punched(punch.kind)
    this.outcome = punch.kind === 'in' ? 'clocked-in' : 'clocked-out'
    this.step(punch.kind === 'in' ? 'clocked in' : 'clocked out')
  }

  /** Keeps the voice check once the PBX has it, while the call goes on. */
  keepVoiceCheck(punchId: number, recording: Recording): void {
    this.#keep('voice check', recording, taped =>
      keepVoiceCheck(this.clock.db, this.clock.recordings, { punchId, recordedAt: this.answeredAt, taped }),
    )
  }

  /** Keeps the call as an unclaimed punch, on disk when the promise settles. */
  async keepUnclaimed(): Promise<void> {
    const unclaimed = { callId: this.id, employeeId: this.#employeeId, at: this.answeredAt }
    await addUnclaimedPunch(this.clock.db, unclaimed)
    this.outcome = 'unclaimed-punch'
    this.step('kept as unclaimed punch')
  }

  keepUnclaimedRecording(recording: Recording): void {
    this.#keep('name and site', recording, taped =>
      keepUnclaimedRecording(this.clock.db, this.clock.recordings, {
        callId: this.id,
        recordedAt: this.answeredAt,
        taped,
      }),
    )
  }

  /**
   * Ends the record of the call, and says what it came to: `outcome`, unless it has come to something already. Everything that
   * was to be kept is kept, or its failure logged, when it settles.
   */
  async end(outcome: CallOutcome): Promise<CallOutcome> {
    const at = Date.now()
    if (this.trouble) this.note(TROUBLES[this.trouble])
    await Promise.all(this.#recordings)
    // The last: a recording of a call that is over and could not be kept is left on the PBX and taken in later.
    this.clock.steps.hurry()
    await Promise.all(this.#writes)
    const cameTo = this.outcome ?? outcome
    await this.#logged(this.#writeEnd(cameTo, at))
    return cameTo
  }

  async #writeEnd(outcome: CallOutcome, at: Instant): Promise<void> {
    try {
      await endCall(this.clock.db, this.id, outcome, at, this.trouble)
    } catch (error) {
      if (storeFault(error)) this.#endLater(outcome, at)
      throw error
    }
  }

  /** Until it can be written the call looks as if it went on; nobody waits for it. */
  async #endLater(outcome: CallOutcome, at: Instant): Promise<void> {
    for (let isWritten = false; !isWritten; ) {
      await sleep(END_AGAIN, undefined, { ref: false })
      isWritten = await endCall(this.clock.db, this.id, outcome, at, this.trouble).then(
        () => true,
        // Any other: Punchline is stopping, and the next start ends the call.
        error => storeFault(error) === null,
      )
    }
  }

  #keep(what: string, recording: Recording, keep: (taped: Taped) => Promise<void>): void {
    const keeping = async () => {
      const taped = listen(await recording.fetch())
      await keep(taped)
      this.note(`${what} kept`, taped.hasSpeech ? 'speech' : taped.wav ? 'silence' : 'nothing recorded')
      await recording.remove()
    }
    this.#recordings.push(keeping().catch(error => this.fault(`${what} not kept`, error)))
  }

  #write(write: Promise<void>): void {
    this.#writes.push(this.#logged(write))
  }

  #logged(write: Promise<void>): Promise<void> {
    return write.catch(error => this.#log.error({ err: error }, 'not kept'))
  }
}

/** What is in a recording. */
export function listen(recorded: Uint8Array | null): Taped {
  const wav = recorded && closedWav(recorded)
  const sound = wav && readWav(wav)
  if (!wav || !sound || sound.samples.length === 0) return { wav: null, durationMs: 0, hasSpeech: false }
  return { wav, durationMs: durationMs(sound), hasSpeech: hasSpeech(sound) }
}
