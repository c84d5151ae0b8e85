import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/clock/time.js'
import { findVoiceCheckRecording } from '../../src/store/voice-checks.js'
import { type Office, openOffice, SPOKEN } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor
let ann: number

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
  ann = await office.hire('Ann Smith')
  await office.call(ann, { at: Date.now() - HOUR, voice: SPOKEN })
})

afterEach(() => office.close())

const page = async (path = '/voice-checks') => words(await admin.get(path))
const mark = (id: number, verdict: string, { seen = '', from = 'waiting' } = {}) =>
  admin.post(`/voice-checks/${id}/verdict`, new URLSearchParams({ verdict, seen, from }))
const verdictOf = (id: number) =>
  office.db.selectFrom('voice_checks').select(['verdict', 'judged_by']).where('id', '=', id).executeTakeFirst()
const audited = async () =>
  (await office.db.selectFrom('audit_events').selectAll().execute()).filter(({ action }) => /voice|rec/.test(action))

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
  expect(await words(await admin.get('/time-entries'))).toContain('recording lost')
})

it('a player that asks for the first two bytes first, as Safari does, may seek', async () => {
  const response = await admin.get('/voice-checks/1/audio', { range: 'bytes=0-1' })
  expect(response.status).toBe(206)
  expect(response.headers.get('accept-ranges')).toBe('bytes')
  expect(response.headers.get('content-length')).toBe('2')
})

it('an erased recording is not played any more, even while its file is still there', async () => {
  await sql`update voice_checks set erased_at = 1`.execute(office.db)
  expect((await admin.get('/voice-checks/1/audio')).status).toBe(404)
})

describe('the queue', () => {
  it('when all have been listened to says so', async () => {
    await mark(1, 'heard')
    expect(await page()).toContain('Not yet listened to 0 Doubtful 0 Heard Every voice check has been listened to.')
  })

  it('has the riskiest first, each with who, when, from where, how long, and why soon', async () => {
    await office.call(ann, { at: Date.now() - 40 * MINUTE, voice: { ...SPOKEN, hasSpeech: false }, from: '+15550001' })
    const text = await page()
    expect(text).toContain('Not yet listened to 2')
    expect(text).toMatch(
      /Ann Smith Clock-out .* [AP]M \+15550001 recorded 3\.0 s silent new number Heard.* Ann Smith Clock-in .* [AP]M withheld recorded 3\.0 s Heard/,
    )
  })

  it('comes in pages of 50', async () => {
    for (let i = 1; i <= 60; i++) await office.call(ann, { at: Date.now() - HOUR + i * 1000, voice: SPOKEN })
    const rows = async (path: string) => (await (await admin.get(path)).text()).match(/id="check-\d+"/g)
    expect(await rows('/voice-checks')).toHaveLength(50)
    expect(await rows('/voice-checks?page=2')).toHaveLength(11)
    expect(await page()).toContain('Next page')
    expect(await page('/voice-checks?page=2')).toContain('Previous page')
  })

  it('takes an address that makes no sense as not asked', async () => {
    for (const query of ['?list=x', '?page=0', '?page=99999', '?page=a', '?list=a&list=b']) {
      expect(await page(`/voice-checks${query}`)).toContain('Ann Smith')
    }
  })

  it('marks a lost recording', async () => {
    rmSync(join(office.directory, 'recordings'), { recursive: true })
    expect(await page()).toContain('recording lost')
  })
})

describe('a verdict', () => {
  it('takes the voice check out of the queue into the list of its kind, with who and when', async () => {
    const response = await mark(1, 'doubtful')
    expect(response.headers.get('location')).toBe('/voice-checks')
    expect(await page()).toContain('Ann Smith is marked doubtful.')
    expect(await page('/voice-checks?list=doubtful')).toMatch(/Doubtful 1 .*doubtful by office@example\.com, \w+/)
    expect(await audited()).toMatchObject([{ action: 'voice check doubtful', employee_id: ann }])
  })

  it('on one voice check’s page leads on to the next in the queue', async () => {
    await office.call(ann, { at: Date.now() - 40 * MINUTE, voice: SPOKEN })
    expect((await mark(1, 'heard', { from: 'check' })).headers.get('location')).toBe('/voice-checks/2')
    expect((await mark(2, 'heard', { from: 'check' })).headers.get('location')).toBe('/voice-checks')
  })

  it('can be changed', async () => {
    await mark(1, 'heard')
    const response = await mark(1, 'doubtful', { seen: 'heard', from: 'heard' })
    expect(response.headers.get('location')).toBe('/voice-checks?list=heard')
    expect(await page()).not.toContain('meanwhile')
    expect(await verdictOf(1)).toMatchObject({ verdict: 'doubtful' })
  })

  it('that overrules another admin’s counts, and says so', async () => {
    await mark(1, 'doubtful')
    await mark(1, 'heard')
    expect(await page()).toContain(
      'Ann Smith is marked heard now. office@example.com had marked it doubtful meanwhile.',
    )
  })

  it('posted twice counts once', async () => {
    await Promise.all([mark(1, 'heard'), mark(1, 'heard')])
    expect(await audited()).toHaveLength(1)
  })

  it('is answered as data where a script asks for it', async () => {
    const form = new URLSearchParams({ verdict: 'heard', seen: '', from: 'waiting' })
    const response = await admin.post('/voice-checks/1/verdict', form, { accept: 'application/json' })
    expect(await response.json()).toEqual({ sentence: 'Ann Smith is marked heard.', wasOverruled: false })
  })

  it('on what can’t be heard is refused with a sentence', async () => {
    await sql`update voice_checks set erased_at = 1`.execute(office.db)
    const response = await mark(1, 'doubtful')
    expect(response.status).toBe(409)
    expect(await words(response)).toContain('The recording has been erased, so nothing was marked.')
  })

  it('that makes no sense changes nothing', async () => {
    expect((await mark(99, 'heard')).status).toBe(404)
    expect((await mark(1, 'loud')).status).toBe(400)
    expect((await admin.post('/voice-checks/1/verdict')).status).toBe(400)
    expect(await verdictOf(1)).toMatchObject({ verdict: null })
  })

  it('needs a session', async () => {
    const stranger = new Visitor(office)
    await stranger.post('/voice-checks/1/verdict', new URLSearchParams({ verdict: 'heard', seen: '', from: 'check' }))
    expect(await verdictOf(1)).toMatchObject({ verdict: null })
    for (const path of ['', '/1']) {
      expect((await stranger.get(`/voice-checks${path}`)).headers.get('location')).toBe('/sign-in')
    }
  })
})

describe('one voice check', () => {
  it('stands beside the same employee’s last three others, with ways to entry and call', async () => {
    const bob = await office.hire('Bob Jones')
    for (let i = 1; i <= 5; i++) {
      await office.call(i === 5 ? bob : ann, { at: Date.now() - HOUR + i * MINUTE, voice: SPOKEN })
    }
    const html = await (await admin.get('/voice-checks/2')).text()
    expect(html.match(/\/voice-checks\/\d+\/audio/g)).toEqual([2, 5, 4, 3].map(id => `/voice-checks/${id}/audio`))
    expect(html).toContain('href="/time-entries/1"')
    expect(html).toContain('href="/calls/2"')
  })

  it('leads to the neighbours in the queue', async () => {
    for (let i = 1; i <= 2; i++) await office.call(ann, { at: Date.now() - HOUR + i * MINUTE, voice: SPOKEN })
    const html = await (await admin.get('/voice-checks/2')).text()
    expect(html).toContain('<a href="/voice-checks/1" rel="prev">')
    expect(html).toContain('<a href="/voice-checks/3" rel="next">')
  })

  it('that was erased says so, and has no buttons', async () => {
    await sql`update voice_checks set erased_at = 1, recording = null`.execute(office.db)
    const text = await page('/voice-checks/1')
    expect(text).toContain('recording erased')
    expect(text).toContain('recordings are kept for 90 days')
    expect(text).not.toMatch(/Heard|Doubtful/)
  })

  it('that is doubtful is erased past its days only when an admin says so', async () => {
    await mark(1, 'doubtful')
    expect(await page('/voice-checks/1')).not.toContain('Erase recording')
    await sql`update voice_checks set recorded_at = ${Date.now() - 91 * DAY}`.execute(office.db)
    expect(await page('/voice-checks/1')).toContain('older than the 90 days that recordings are kept')
    const file = await office.recordings.find((await findVoiceCheckRecording(office.db, 1)) ?? '')
    expect(existsSync(file ?? '')).toBe(true)
    await admin.post('/voice-checks/1/erase')
    expect(await page('/voice-checks/1')).toContain('The recording is erased. The punch and its time entry stay.')
    expect((await admin.get('/voice-checks/1/audio')).status).toBe(404)
    expect(existsSync(file ?? '')).toBe(false)
    expect((await audited()).map(({ action }) => action)).toEqual(['voice check doubtful', 'recording erased'])
    await admin.post('/voice-checks/1/erase')
    expect(await audited()).toHaveLength(2)
  })

  it('that is not doubtful can’t be erased by hand', async () => {
    await admin.post('/voice-checks/1/erase')
    expect(await page('/voice-checks/1')).toContain('so nothing was changed')
    expect((await admin.get('/voice-checks/1/audio')).status).toBe(200)
  })
})
