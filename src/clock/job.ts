/** What can be said of a job, and what is wrong with it. */
import { jobCodeFault } from './job-code.js'

export interface JobDetails {
  readonly name: string
  readonly phoneCode: string | null
}

/** What is wrong with a job by itself, whatever the others are; null when nothing is. */
export function jobFault({ name, phoneCode }: JobDetails): { field: keyof JobDetails; sentence: string } | null {
  if (name === '') return { field: 'name', sentence: 'A job needs a name.' }
  if (name.length > 100) return { field: 'name', sentence: 'A name has at most 100 characters.' }
  const fault = phoneCode === null ? null : jobCodeFault(phoneCode)
  return fault === null ? null : { field: 'phoneCode', sentence: fault }
}
