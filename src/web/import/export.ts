/** Employees and jobs as CSV, in the columns that are imported. */
import { pipeline } from 'node:stream/promises'
import { type Response, Router } from 'express'
import { harmless } from '../../csv/harmless.js'
import { csvText, type Row } from '../../csv/writing.js'
import { IMPORTS } from '../../import/import.js'
import { listKnownEmployees } from '../../store/employees.js'
import type { ImportKind } from '../../store/imports.js'
import { listJobs } from '../../store/jobs.js'
import { lots, paced } from '../../turns.js'
import { needsReader } from '../accounts/sign-in.js'
import type { Site } from '../site.js'

/** Rows that are written at once. */
const LOT = 500

export function tableExports({ db }: Site): Router {
  const router = Router()

  router.get('/employees/export.csv', needsReader, async (_req, res) => {
    const employees = await listKnownEmployees(db)
    const rows = employees.map(({ name, email, payrollNumber, note, isActive }) =>
      cells(name, email, payrollNumber, note, isActive ? 'yes' : 'no'),
    )
    await send(res, 'employees', rows)
  })

  router.get('/jobs/export.csv', needsReader, async (_req, res) => {
    const jobs = await listJobs(db)
    await send(
      res,
      'jobs',
      jobs.map(({ name, phoneCode, isActive }) => cells(name, phoneCode, isActive ? 'yes' : 'no')),
    )
  })

  return router
}

function cells(...values: (string | null)[]): Row {
  return values.map(value => harmless(value ?? ''))
}

async function send(res: Response, kind: ImportKind, rows: readonly Row[]): Promise<void> {
  const headings = IMPORTS[kind].columns.map(({ heading }) => heading)
  res.type('csv').attachment(`${kind}.csv`)
  await pipeline(csvText(headings, paced(lots(rows, LOT)), { byteOrderMark: true }), res)
}
