/** What is asked of an export. */
import { endOfDay, startOfDay } from '../calendar.js'
import type { EntryFilter } from '../store/entry-pages.js'

export interface ExportRequest {
  /** First and last day, both of them included, in the zone. */
  readonly from: string
  readonly to: string
  readonly employeeId: number | null
  readonly jobId: number | null
  readonly timeZone: string
}

export function entryFilter({ from, to, employeeId, jobId, timeZone }: ExportRequest): EntryFilter {
  return { from: startOfDay(from, timeZone), to: endOfDay(to, timeZone), employeeId, jobId }
}
