import type { Request } from 'express'
import type { z } from 'zod'
import { PageRefused } from './errors.js'

/** The fields of a form that one of our pages sent. @throws PageRefused when it was none of ours */
export function readFields<Fields>(form: z.ZodType<Fields>, req: Request): Fields {
  const result = form.safeParse(req.body)
  if (!result.success) throw new PageRefused(400, 'Use the form on the page.')
  return result.data
}
