/** Calls: those in progress as they happen, and all that were, found by number or employee. */
import { Router } from 'express'
import { z } from 'zod'
import type { Instant, TimeStyle } from '../../clock/time.js'
import { dayAndTime } from '../../shown-time.js'
import {
  type CallFilter,
  type CallPosition,
  callsInProgress,
  endedCalls,
  LEAST_LAST_DIGITS,
  type ListedCall,
  NUMBERS_OF_LATEST,
  numbersMeantBy,
} from '../../store/call-list.js'
import { employeesNamed } from '../../store/employee-names.js'
import { findEmployee } from '../../store/employees.js'
import { needsReader } from '../accounts/sign-in.js'
import { callerInWords } from '../caller-in-words.js'
import { liveStream } from '../live.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { lengthInWords, outcomeInWords, progressInWords } from './words.js'

export interface CallsPageView {
  readonly title: string
  readonly section: 'calls'
  readonly q: string
  /** Whose calls alone are shown. */
  readonly employee: string | null
  readonly here: string
  /** Where the page is kept current from; null where it stands still. */
  readonly live: string | null
  readonly numbersOfLatest: string
  readonly leastLastDigits: number
  /** More employees have such a name than are shown; how many are. */
  readonly onlyFirst: number | null
  readonly calls: CallsView
  readonly newest: string | null
  readonly next: string | null
}

export interface CallsView {
  readonly inProgress: readonly CallInProgressView[]
  readonly rows: readonly CallRowView[]
}

interface CallInProgressView {
  readonly id: number
  readonly since: string
  readonly number: string
  readonly employee: string | null
  readonly lastStep: string
}

interface CallRowView {
  readonly id: number
  readonly when: string
  readonly iso: string
  readonly number: string
  readonly employeeId: number | null
  readonly employee: string | null
  readonly howLong: string
  readonly progress: string
  readonly outcome: string
}

/** What the page's address asks for; whatever makes no sense there counts as not asked. */
const Asked = z.object({
  q: z.string().trim().max(200).catch(''),
  employee: z.unknown().transform(rowId).catch(0),
  after: z
    .string()
    .regex(/^\d{1,15}-\d{1,15}$/)
    .nullable()
    .catch(null),
})

/** One employee's calls, or those that match what was searched for. */
type Wanted = { readonly employee: number; readonly q?: never } | { readonly q: string; readonly employee?: never }

const PAGE_SIZE = 50
const MOST_EMPLOYEES = 20

export function calls(site: Site): Router {
  const { db, timeStyle } = site
  return Router().get('/calls', needsReader, async (req, res) => {
    const { after, ...asked } = Asked.parse(req.query)
    const employee = await findEmployee(db, asked.employee)
    const wanted: Wanted = employee ? { employee: employee.id } : { q: asked.q }
    const isFirst = !employee && asked.q === '' && after === null
    const { filter, onlyFirst } = await filterOf(wanted)
    const found = await endedCalls(db, filter, positionOf(after), PAGE_SIZE + 1)
    const page = found.slice(0, PAGE_SIZE)
    const last = found.length > PAGE_SIZE ? page.at(-1) : undefined
    show(res, 'calls', {
      title: 'Calls',
      section: 'calls',
      q: wanted.q ?? '',
      employee: employee?.name ?? null,
      here: address(wanted, after),
      live: isFirst ? '/calls/live' : null,
      numbersOfLatest: NUMBERS_OF_LATEST.toLocaleString('en-US'),
      leastLastDigits: LEAST_LAST_DIGITS,
      onlyFirst,
      calls: callsView(isFirst ? await callsInProgress(db) : [], page, timeStyle),
      newest: after === null ? null : address(wanted, null),
      next: last ? address(wanted, `${last.answeredAt}-${last.id}`) : null,
    })
  })

  async function filterOf({ q = '', employee }: Wanted): Promise<{ filter: CallFilter; onlyFirst: number | null }> {
    if (employee !== undefined) return { filter: { employeeIds: [employee] }, onlyFirst: null }
    if (q === '') return { filter: null, onlyFirst: null }
    if (isNumber(q)) return { filter: { numbers: await numbersMeantBy(db, q) }, onlyFirst: null }
    const named = await employeesNamed(db, q, MOST_EMPLOYEES + 1)
    const onlyFirst = named.length > MOST_EMPLOYEES ? MOST_EMPLOYEES : null
    return { filter: { employeeIds: named.slice(0, MOST_EMPLOYEES) }, onlyFirst }
  }
}

/** The first page of the list, as it happens. */
export function callsLive(site: Site): Router {
  const { db, timeStyle } = site
  const read = async () => callsView(await callsInProgress(db), await endedCalls(db, null, null, PAGE_SIZE), timeStyle)
  return Router().get(
    '/calls/live',
    liveStream(site, 'calls', () => ({ key: 'newest', read })),
  )
}

function callsView(inProgress: readonly ListedCall[], ended: readonly ListedCall[], style: TimeStyle): CallsView {
  const now = Date.now()
  return {
    inProgress: inProgress.map(call => ({
      id: call.id,
      since: dayAndTime(call.answeredAt, now, style),
      number: callerInWords(call),
      employee: call.employee,
      lastStep: call.steps.at(-1)?.step ?? 'answered',
    })),
    rows: ended.map(call => rowView(call, now, style)),
  }
}

function rowView(call: ListedCall, now: Instant, style: TimeStyle): CallRowView {
  return {
    id: call.id,
    when: dayAndTime(call.answeredAt, now, style),
    iso: new Date(call.answeredAt).toISOString(),
    number: callerInWords(call),
    employeeId: call.employeeId,
    employee: call.employee,
    howLong: call.endedAt === null ? '' : lengthInWords(call.endedAt - call.answeredAt),
    progress: progressInWords(call.steps) ?? (call.isErased ? 'erased' : 'not on record'),
    outcome: outcomeInWords(call.outcome),
  }
}

/** Digits, however they are grouped. */
function isNumber(q: string): boolean {
  return /^[\d\s()+./-]*$/.test(q) && /\d/.test(q)
}

function positionOf(after: string | null): CallPosition | null {
  const [answeredAt, id] = (after ?? '').split('-').map(Number)
  return answeredAt === undefined || id === undefined ? null : { answeredAt, id }
}

function address({ q, employee }: Wanted, after: string | null): string {
  const query = new URLSearchParams({
    ...(q && { q }),
    ...(employee !== undefined && { employee: `${employee}` }),
    ...(after && { after }),
  })
  return query.size > 0 ? `/calls?${query}` : '/calls'
}
