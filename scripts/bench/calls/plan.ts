/** What an employee who takes part in a benchmark does, and what became of it. Sent between processes. */

export interface PlannedCall {
  readonly phoneClockId: string
  readonly pin: string
  /** In ms since the epoch. */
  readonly dialAt: number
  /** The last thing of which they hear the beginning; `end`: the whole call, with their name. */
  readonly listensTo: 'enter-pin' | 'confirmation' | 'end'
  /** Keys ID and PIN as soon as the PBX answers. */
  readonly typesAhead?: boolean
  /** Releases the # behind the PIN at about this time (ms since the epoch), instead of as soon as may be. */
  readonly pinAt?: number
}

/** Where they call. */
export interface Destination {
  /** The PBX, host:port. */
  readonly to: string
  readonly number: string
}

export interface CallReport {
  /** In ms since the epoch; null: it was not. */
  readonly answeredAt: number | null
  /** What kept them from listening as planned; null: nothing. */
  readonly fault: string | null
}
