/** How far an employee is set up for phone clocking, and what became of a setup link. */
import { DAY, type Instant } from './time.js'

/** A setup link lives this long. */
export const LINK_LIFE = 7 * DAY

/** What ended a link before its time was up. `undelivered`: its mail was refused, so nobody ever had it. */
export type LinkEnd = 'used' | 'replaced' | 'PIN set' | 'PIN removed' | 'undelivered'

export interface Link {
  readonly ended: LinkEnd | null
  readonly expiresAt: Instant
}

/** `active`: it can be used now. */
export function linkState({ ended, expiresAt }: Link, now: Instant): LinkEnd | 'active' | 'expired' {
  if (ended !== null) return ended
  return now < expiresAt ? 'active' : 'expired'
}

export const SETUP_STATUSES = ['Ready', 'Link sent', 'Link expired', 'Not set up'] as const
export type SetupStatus = (typeof SETUP_STATUSES)[number]

/** The status of an employee whose latest link is `link`. */
export function setupStatus(employee: { hasPin: boolean; link: Link | null }, now: Instant): SetupStatus {
  if (employee.hasPin) return 'Ready'
  switch (employee.link && linkState(employee.link, now)) {
    case 'active':
      return 'Link sent'
    case 'expired':
      return 'Link expired'
    default:
      return 'Not set up'
  }
}

/** Whether *Email setup links* sends to employees of this status. Whoever has an active link is not cut off by another. */
export function needsSetupLink(status: SetupStatus): boolean {
  return status === 'Not set up' || status === 'Link expired'
}
