/** Every page and every form, asked for by every role and by nobody: the list is made from the app itself. */
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { type Office, openOffice, PASSWORD } from './support/office.js'
import { type Route, routesOfApp } from './support/routes.js'
import { Visitor, words } from './support/visitor.js'

type Role = 'owner' | 'admin' | 'read-only'
type Who = Role | 'nobody'
const ROLES = ['owner', 'admin', 'read-only'] as const

/** Who is let in beyond the sign-in. Whatever is not here is for admins and owners where it changes something. */
const FOR_OWNERS = /^(\/admins|\/api-tokens|\/webhooks|\/audit)(\/|$)|^POST \/settings$/
const FOR_ALL_WHO_SIGN_IN = /^\/account(\/|\.|$)/
/** What needs no sign-in, or has a key of its own. */
const OPEN = /^\/(sign-in|sign-in\/code|sign-in\/password|sign-out|healthz|first-admin\/:token|setup\/:token)$/
/** Under /api, with tokens alone: api.test.ts. */
const API = /^\/(openapi\.json|entries|punches)$/

let office: Office
const visitors = new Map<Who, Visitor>()
const routes = await routesOfApp()

const logged: string[] = []

beforeAll(async () => {
  office = await openOffice({ log: pino({}, { write: line => logged.push(line) }) })
  visitors.set('nobody', new Visitor(office))
  for (const role of ROLES) {
    const email = `${role}@example.com`
    await addAdmin(office.db, { email, password: PASSWORD, role }, 'test')
    const visitor = new Visitor(office)
    await visitor.signIn(email)
    visitors.set(role, visitor)
  }
})

afterAll(() => office.close())

/** Whether the answer is more than a refusal. */
async function isLetIn(who: Who, { method, path }: Route): Promise<boolean> {
  const visitor = visitors.get(who) ?? new Visitor(office)
  // A number that nothing has: whoever is let in is told that there is no such thing.
  const address = path.replace(/:\w+/g, '999999')
  const response = method === 'GET' ? await visitor.get(address) : await visitor.post(address, new URLSearchParams())
  const { status, headers } = response
  // A live stream says what it has to say in its first event.
  const isStream = headers.get('content-type')?.startsWith('text/event-stream')
  const first = isStream ? new TextDecoder().decode((await response.body?.getReader().read())?.value) : ''
  if (!isStream) await response.body?.cancel()
  return status !== 401 && status !== 403 && headers.get('location') !== '/sign-in' && !first.includes('signed-out')
}

function mayAsk(role: Role, { method, path }: Route): boolean {
  if (role === 'owner' || FOR_ALL_WHO_SIGN_IN.test(path)) return true
  if (FOR_OWNERS.test(path) || FOR_OWNERS.test(`${method} ${path}`)) return false
  return role === 'admin' || method === 'GET'
}

const closed = routes.filter(({ path }) => !OPEN.test(path) && !API.test(path))

it('the app has all the routes that it is known for', () => {
  expect(routes.length).toBeGreaterThan(75)
  const all = routes.map(({ method, path }) => `${method} ${path}`)
  for (const known of ['GET /', 'POST /settings', 'POST /time-entries/:id/void', 'GET /calls/live']) {
    expect(all).toContain(known)
  }
})

describe.each(closed)('$method $path', route => {
  it('does nothing for somebody who has not signed in', async () => {
    expect(await isLetIn('nobody', route)).toBe(false)
  })

  it.each(ROLES)('asked for by %s does what the role may', async role => {
    // These end what the other tests need.
    if (route.path === '/account/sessions/end-others') return
    expect(await isLetIn(role, route)).toBe(mayAsk(role, route))
  })
})

it('whoever may only look is told so, and by whom it can be changed', async () => {
  const response = await visitors.get('read-only')?.post('/employees/new', new URLSearchParams({ name: 'Eve' }))
  expect(response?.status).toBe(403)
  expect(response && (await words(response))).toContain(
    'Your account may look at everything here and change nothing. An owner can give it another role',
  )
  expect(await office.db.selectFrom('employees').selectAll().execute()).toEqual([])
})

it('who was refused what is in the log', async () => {
  logged.length = 0
  await visitors.get('read-only')?.post('/jobs/7/deactivate')
  expect(logged.map(line => JSON.parse(line))).toEqual([
    expect.objectContaining({
      msg: 'refused',
      status: 403,
      method: 'POST',
      route: '/jobs/:id/deactivate',
      adminId: 3,
      ip: '127.0.0.1',
    }),
  ])
})

it('a role that was taken away counts from the next request on', async () => {
  await office.db.updateTable('admins').set({ role: 'read-only' }).where('email', '=', 'admin@example.com').execute()
  expect(await isLetIn('admin', { method: 'POST', path: '/employees/new' })).toBe(false)
})
