import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HOUR } from '../../src/clock/time.js'
import { type Office, openOffice, SPOKEN } from './support/office.js'
import { Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
  admin = new Visitor(office)
  await admin.signIn()
  await office.call(await office.hire('Ann Smith'), { at: Date.now() - HOUR, voice: SPOKEN })
})

afterEach(() => office.close())

it('an admin gets the recording whole, and nothing in between keeps it', async () => {
  const response = await admin.get('/voice-checks/1/audio')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('audio/wav')
  expect(response.headers.get('cache-control')).toBe('private, no-store')
  expect(Buffer.from(await response.arrayBuffer())).toEqual(SPOKEN.wav)
})

it('a player gets the part that it asks for', async () => {
  const response = await admin.get('/voice-checks/1/audio', { range: 'bytes=100-199' })
  expect(response.status).toBe(206)
  expect(response.headers.get('content-range')).toBe(`bytes 100-199/${SPOKEN.wav?.length}`)
  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(SPOKEN.wav?.subarray(100, 200) ?? []))
})

it('a part that is not there gets a sentence', async () => {
  const response = await admin.get('/voice-checks/1/audio', { range: 'bytes=9999999-' })
  expect(response.status).toBe(416)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await words(response)).toContain('What was sent can’t be understood.')
})

it('without a session nobody hears anything, nor learns which voice checks there are', async () => {
  const stranger = new Visitor(office)
  for (const id of [1, 99]) {
    const response = await stranger.get(`/voice-checks/${id}/audio`)
    expect(response.status).toBe(401)
    expect(await words(response)).toContain('Sign in to hear a voice check.')
  }
})

it.each(['99', '0', '-1', 'x', '1e0', '99999999999999999999', '..%2f..%2fpunchline.db', "1'"])(
  'an unknown voice check (%s) gets a sentence',
  async id => {
    const response = await admin.get(`/voice-checks/${id}/audio`)
    expect(response.status).toBe(404)
    expect(await words(response)).toContain('There is no such voice check.')
  },
)

it('a recording whose file is lost is marked in the row and answered with a sentence', async () => {
  rmSync(join(office.directory, 'recordings'), { recursive: true })
  const response = await admin.get('/voice-checks/1/audio')
  expect(response.status).toBe(404)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await words(response)).toContain('The recording of this voice check is gone.')
  expect(await words(await admin.get('/'))).toContain('recording lost')
})
