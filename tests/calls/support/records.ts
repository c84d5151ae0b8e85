/** What is on disk after a call. */
import type { Punchline } from './punchline.js'

export function punchesOf({ workspace }: Pick<Punchline, 'workspace'>, employeeId: number) {
  return workspace.db
    .selectFrom('punches')
    .select(['direction', 'at', 'call_id', 'job_id', 'committed_at'])
    .where('employee_id', '=', employeeId)
    .orderBy('id')
    .execute()
}

/** The newest call from that number. */
export function callFrom({ workspace }: Pick<Punchline, 'workspace'>, callerNumber: string) {
  return workspace.db
    .selectFrom('calls')
    .selectAll()
    .where('caller_number', '=', callerNumber)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export function lastCall({ workspace }: Punchline) {
  return workspace.db.selectFrom('calls').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst()
}

export async function stepsOfCallFrom(punchline: Punchline, callerNumber: string): Promise<string[]> {
  const call = await callFrom(punchline, callerNumber)
  const rows = await punchline.workspace.db
    .selectFrom('call_steps')
    .select('step')
    .where('call_id', '=', call?.id ?? 0)
    .orderBy('id')
    .execute()
  return rows.map(row => row.step)
}

/** Clocks an employee in at an earlier instant, as a call then would have. */
export async function clockedInAt({ workspace: { db } }: Punchline, employeeId: number, at: number): Promise<void> {
  const call = await db
    .insertInto('calls')
    .values({ channel: 'earlier', caller_number: null, answered_at: at, ended_at: at, outcome: 'clocked-in' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const punch = await db
    .insertInto('punches')
    .values({ call_id: call.id, employee_id: employeeId, job_id: null, direction: 'in', at, committed_at: at })
    .returning('id')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('time_entries')
    .values({ employee_id: employeeId, job_id: null, state: 'open', clock_in_punch_id: punch.id, clock_in_at: at })
    .execute()
}
