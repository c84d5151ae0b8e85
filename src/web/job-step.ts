/** What the steps of a call say of jobs (views/partials/call-steps.ejs). */
import type { Database } from '../store/database.js'
import { anyJobHasPhoneCode } from '../store/jobs.js'
import { readSettings } from '../store/settings.js'

export interface JobStep {
  readonly asksForJob: boolean
  readonly canSkipJob: boolean
}

export async function jobStep(db: Database): Promise<JobStep> {
  const { jobRequired } = await readSettings(db)
  return { asksForJob: await anyJobHasPhoneCode(db), canSkipJob: !jobRequired }
}
