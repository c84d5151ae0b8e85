/** The days and local times of one zone, looked up so often that each day is computed once. */
import { type Day, dateOf, endOfDay, isoWithOffset, startOfDay } from '../calendar.js'
import { DAY, type Instant } from '../clock/time.js'

interface KnownDay extends Day {
  /** The offset from UTC as ISO 8601 has it, and in milliseconds; null on a day that the clock changes. */
  readonly offset: { readonly text: string; readonly ms: number } | null
}

export class LocalDays {
  readonly #timeZone: string
  /** By day of UTC, of which each touches two or three days of the zone. */
  readonly #known = new Map<number, readonly KnownDay[]>()

  constructor(timeZone: string) {
    this.#timeZone = timeZone
  }

  /** The day that an instant falls on. */
  dayOf(instant: Instant): Day {
    return this.#dayOf(instant)
  }

  /** As `isoWithOffset`. */
  iso(instant: Instant): string {
    const { offset } = this.#dayOf(instant)
    if (offset === null) return isoWithOffset(instant, this.#timeZone)
    return new Date(instant + offset.ms).toISOString().slice(0, 19) + offset.text
  }

  #dayOf(instant: Instant): KnownDay {
    const utcDay = Math.floor(instant / DAY)
    let days = this.#known.get(utcDay)
    if (!days) {
      days = this.#daysTouching(utcDay * DAY, (utcDay + 1) * DAY)
      this.#known.set(utcDay, days)
    }
    const day = days.find(({ to }) => instant < to)
    if (!day) throw new RangeError(`${instant} is on no day`)
    return day
  }

  #daysTouching(from: Instant, to: Instant): KnownDay[] {
    const days: KnownDay[] = []
    for (let at = from; at < to; at = days.at(-1)?.to ?? to) days.push(this.#day(dateOf(at, this.#timeZone)))
    return days
  }

  #day(date: string): KnownDay {
    const from = startOfDay(date, this.#timeZone)
    const to = endOfDay(date, this.#timeZone)
    const first = offsetOf(isoWithOffset(from, this.#timeZone))
    const last = offsetOf(isoWithOffset(to - 1, this.#timeZone))
    return { date, from, to, offset: first.text === last.text ? first : null }
  }
}

function offsetOf(iso: string): { text: string; ms: number } {
  return { text: iso.slice(19), ms: Date.parse(`${iso.slice(0, 19)}Z`) - Date.parse(iso) }
}
