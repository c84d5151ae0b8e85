/** An instant: milliseconds since 1970-01-01T00:00:00Z. Zones apply only where a time is shown or spoken. */
export type Instant = number

/** How times are shown and spoken. */
export interface TimeStyle {
  /** An IANA time zone, such as America/New_York. */
  readonly timeZone: string
  readonly hours: 12 | 24
}

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
