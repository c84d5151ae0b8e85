/** Every page and every form, asked for by every role and by nobody: the list is made from the app itself. */
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { loadSecondFactorKey } from '../../src/store/second-factors.js'
import { FirstAdminLink } from '../../src/web/accounts/first-admin-link.js'
import { createApp } from '../../src/web/app.js'
import { openWorkspace } from '../support/workspace.js'
import { type Office, openOffice, PASSWORD } from './support/office.js'
import { Visitor, words } from './support/visitor.js'

type Role = 'owner' | 'admin' | 'read-only'
type Who = Role | 'nobody'
const ROLES = ['owner', 'admin', 'read-only'] as const

/** Who is let in beyond the sign-in. Whatever is not here is for admins and owners where it changes something. */
const FOR_OWNERS = /^(\/admins|\/api-tokens|\/webhooks|\/audit)(\/|$)|^POST \/settings$/
const FOR_ALL_WHO_SIGN_IN = /^\/account(\/|\.|$)/
/** What needs no sign-in, or has a key of its own. */
const OPEN = /^\/(sign-in|sign-in\/code|sign-out|health|first-admin\/:token|setup\/:token)$/
/** Under /api, with tokens alone: api.test.ts. */
const API = /^\/(openapi\.json|entries|punches)$/

interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
}

let office: Office
const visitors = new Map<Who, Visitor>()
const routes = await routesOfApp()

beforeAll(async () => {
  office = await openOffice()
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

it('a role that was taken away counts from the next request on', async () => {
  await office.db.updateTable('admins').set({ role: 'read-only' }).where('email', '=', 'admin@example.com').execute()
  expect(await isLetIn('admin', { method: 'POST', path: '/employees/new' })).toBe(false)
})

/** All that express knows, however deep it lies. */
async function routesOfApp(): Promise<Route[]> {
  const workspace = await openWorkspace()
  const app = createApp({
    ...workspace,
    recordings: workspace.clock.recordings,
    secondFactorKey: loadSecondFactorKey(workspace.directory),
    log: pino({ level: 'silent' }),
    dataDirectory: workspace.directory,
    companyName: 'Acme',
    dialInNumber: null,
    timeStyle: { timeZone: 'UTC', hours: 24 },
    isLineConnected: () => true,
    mail: null,
    webhooks: { wake: () => {}, test: async () => ({ fault: '' }) },
    firstAdminLink: new FirstAdminLink(workspace.directory),
    http: { host: '127.0.0.1', port: 0 },
    linkHttp: null,
  })
  const found = routesOf(app.router)
  await workspace.close()
  return found
}

/** Of a router of express, or of anything else: nothing. */
function routesOf(router: unknown): Route[] {
  const layers = entriesOf(router).get('stack')
  if (!Array.isArray(layers)) return []
  return layers.flatMap(layer => {
    const { route, handle } = Object.fromEntries(entriesOf(layer))
    if (route === undefined) return routesOf(handle)
    const path = entriesOf(route).get('path')
    const known = entriesOf(entriesOf(route).get('methods'))
    const methods = (['GET', 'POST'] as const).filter(method => known.get(method.toLowerCase()) === true)
    return methods.map(method => ({ method, path: String(path) }))
  })
}

function entriesOf(thing: unknown): Map<string, unknown> {
  const isThing = (typeof thing === 'object' && thing !== null) || typeof thing === 'function'
  return new Map(isThing ? Object.entries(thing) : [])
}
