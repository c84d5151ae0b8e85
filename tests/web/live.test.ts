import { sql } from 'kysely'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { addEmployee } from '../../src/store/employees.js'
import { LiveStream } from './support/live-stream.js'
import { LINE, type Office, openOffice } from './support/office.js'
import { signedInAdmin, Visitor } from './support/visitor.js'

const BOARD = '/who-is-in/live'

let office: Office
let admin: Visitor
let isLineConnected: boolean
let logged: string
let streams: LiveStream[]

beforeEach(async () => {
  isLineConnected = true
  logged = ''
  streams = []
  const log = pino({ level: 'error' }, { write: line => (logged += line) })
  office = await openOffice({ line: () => ({ ...LINE, takesCalls: isLineConnected }), log })
  admin = await signedInAdmin(office)
})

afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await Promise.all(streams.map(stream => stream.close()))
  await office.close()
})

async function open(path = BOARD, visitor = admin): Promise<LiveStream> {
  const stream = await LiveStream.open(visitor, path)
  streams.push(stream)
  return stream
}

it('a punch is on the board within a second', async () => {
  const ann = await office.hire('Ann Smith')
  const board = await open()
  await board.until('Nobody is in.')
  await office.call(ann, { at: Date.now() })
  const committed = Date.now()
  await board.until('Ann Smith')
  expect(Date.now() - committed).toBeLessThan(1000)
})

it('a stream is not stored anywhere, nor gathered by a proxy', async () => {
  const { headers } = (await open()).response
  expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-accel-buffering')).toBe('no')
})

it('what is not on the page sends nothing', async () => {
  // The page shows the minute, which must not pass meanwhile.
  vi.useFakeTimers({ toFake: ['Date'] })
  const board = await open()
  await board.until('Nobody is in.')
  await addEmployee(office.db, { name: 'Bob Jones', email: null }, 'test')
  await new Promise(resolve => setTimeout(resolve, 1000))
  await office.call(await office.hire('Ann Smith'), { at: Date.now() })
  expect(await board.next()).toContain('Ann Smith')
})

it('many who look share one rendering, and many punches at once share few', async () => {
  const boards = await Promise.all(Array.from({ length: 20 }, () => open()))
  await Promise.all(boards.map(board => board.until('Nobody is in.')))
  const renderings = vi.spyOn(office.db, 'selectFrom')
  const began = Date.now()
  for (let i = 1; i <= 20; i++) await office.call(await office.hire(`Employee ${i}`), { at: Date.now() })
  await Promise.all(boards.map(board => board.until('In now: 20')))
  const halfSeconds = Math.ceil((Date.now() - began) / 500)
  const ofPunches = renderings.mock.calls.filter(([table]) => String(table) === 'settings').length
  expect(ofPunches).toBeLessThanOrEqual(halfSeconds + 1)
})

it('the line to the PBX comes and goes on the board without a reload', async () => {
  const board = await open()
  await board.until('Nobody is in.')
  isLineConnected = false
  await board.until('the PBX is not connected')
})

it('whoever is not signed in learns that, and nothing else', async () => {
  const board = await open(BOARD, new Visitor(office))
  expect(await board.next()).toBe('event: signed-out\ndata:')
  expect(await board.next()).toBeNull()
})

it('signing out ends the stream', async () => {
  const board = await open()
  await board.until('Nobody is in.')
  await admin.post('/sign-out')
  await board.until('event: signed-out')
  expect(await board.next()).toBeNull()
})

it('an admin who is removed sees nothing more', async () => {
  const board = await open()
  await board.until('Nobody is in.')
  await sql`delete from admins`.execute(office.db)
  await office.call(await office.hire('Ann Smith'), { at: Date.now() })
  expect(await board.next()).toBe('event: signed-out\ndata:')
})

it('a session that ran out ends the stream', async () => {
  const board = await open()
  await board.until('Nobody is in.')
  await sql`update sessions set expires_at = ${Date.now()}`.execute(office.db)
  expect(await board.next()).toBe('event: signed-out\ndata:')
})

it('every 15 seconds a stream shows that it lives', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const board = await open()
  await board.until('Nobody is in.')
  vi.advanceTimersByTime(15_000)
  expect(await board.next()).toBe(':')
  await board.close()
})

it('a board that is larger than what a connection takes at once leaves nothing behind when it changes', async () => {
  const warnings: Error[] = []
  const warned = (warning: Error) => warnings.push(warning)
  process.on('warning', warned)
  try {
    for (let i = 1; i <= 200; i++) await office.call(await office.hire(`Employee ${i}`), { at: Date.now() })
    const board = await open()
    await board.until('In now: 200')
    for (let i = 201; i <= 212; i++) {
      await office.call(await office.hire(`Employee ${i}`), { at: Date.now() })
      await board.until(`In now: ${i}`)
    }
    expect(warnings).toEqual([])
  } finally {
    process.off('warning', warned)
  }
})

it('a rendering that fails is logged once, and tried again', async () => {
  const board = await open()
  await board.until('Nobody is in.')
  let failures = 0
  const selectFrom = office.db.selectFrom.bind(office.db)
  vi.spyOn(office.db, 'selectFrom').mockImplementation(((table: 'settings') => {
    if (table === 'settings' && failures++ < 2) throw new Error('the disk is full')
    return selectFrom(table)
  }) as typeof office.db.selectFrom)
  await office.call(await office.hire('Ann Smith'), { at: Date.now() })
  await board.until('Ann Smith')
  expect(failures).toBeGreaterThan(2)
  expect(logged.match(/the disk is full/g)).toHaveLength(2) // In the message and in the stack.
})

it('the pages close at once while somebody looks', async () => {
  const board = await open()
  await board.until('Nobody is in.')
  const began = Date.now()
  await office.restart()
  expect(Date.now() - began).toBeLessThan(500)
  streams = []
  expect(logged).toBe('')
})

it('a name can’t break out of its event', async () => {
  const board = await open()
  await office.call(await office.hire('Ann\r\n\r\nevent: signed-out\ndata: x'), { at: Date.now() })
  const event = await board.until('Ann')
  expect(event.split(/\r\n|\r|\n/).every(line => line.startsWith('data: '))).toBe(true)
})
