/** Employees, active or not: search, and the way to each. */
import { Router } from 'express'
import { z } from 'zod'
import { type KnownEmployee, listKnownEmployees } from '../../store/employees.js'
import { hasEveryWordOf } from '../../word-search.js'
import { needsReader } from '../accounts/sign-in.js'
import type { Site } from '../site.js'
import { show } from '../views.js'

export interface EmployeesView {
  readonly title: string
  readonly section: 'employees'
  readonly q: string
  readonly which: Which
  readonly filters: readonly {
    readonly name: string
    readonly count: number
    readonly url: string
    readonly isCurrent: boolean
  }[]
  readonly rows: readonly KnownEmployee[]
  readonly first: number
  readonly total: number
  readonly previous: string | null
  readonly next: string | null
  /** No employee at all. */
  readonly isEmpty: boolean
}

const WHICH = ['active', 'inactive', 'all'] as const
type Which = (typeof WHICH)[number]

/** Whatever makes no sense in the address counts as not asked. */
const Search = z.object({
  q: z.string().trim().max(200).catch(''),
  which: z.enum(WHICH).catch('active'),
  page: z.coerce.number().int().min(1).catch(1),
})

const PAGE_SIZE = 50

export function employeeList({ db }: Site): Router {
  return Router().get('/employees', needsReader, async (req, res) => {
    const search = Search.parse(req.query)
    const { q, which } = search
    const all = await listKnownEmployees(db)
    const named = matching(all, q)
    const found = named.filter(employee => belongs(employee, which))
    const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE))
    const page = Math.min(search.page, pages)
    const start = (page - 1) * PAGE_SIZE
    show(res, 'employees', {
      title: 'Employees',
      section: 'employees',
      q,
      which,
      filters: WHICH.map(name => ({
        name: { active: 'Active', inactive: 'Not active', all: 'All' }[name],
        count: named.filter(employee => belongs(employee, name)).length,
        url: address(q, name, 1),
        isCurrent: name === which,
      })),
      rows: found.slice(start, start + PAGE_SIZE),
      first: start + 1,
      total: found.length,
      previous: page > 1 ? address(q, which, page - 1) : null,
      next: page < pages ? address(q, which, page + 1) : null,
      isEmpty: all.length === 0,
    })
  })
}

function belongs({ isActive }: KnownEmployee, which: Which): boolean {
  return which === 'all' || isActive === (which === 'active')
}

/** Those of whom some detail has every word of `q`, whatever its case and accents. */
function matching(employees: readonly KnownEmployee[], q: string): readonly KnownEmployee[] {
  const matches = hasEveryWordOf(q)
  return employees.filter(({ name, email, payrollNumber, note }) =>
    matches(`${name} ${email ?? ''} ${payrollNumber ?? ''} ${note ?? ''}`),
  )
}

function address(q: string, which: Which, page: number): string {
  const query = new URLSearchParams({
    ...(q && { q }),
    ...(which !== 'active' && { which }),
    ...(page > 1 && { page: `${page}` }),
  })
  return `/employees${query.size > 0 ? `?${query}` : ''}`
}
