import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addEmployee } from '../../src/store/employees.js'
import { dueMails, latestMailing } from '../../src/store/mail-outbox.js'
import { pickPin, setPin } from '../../src/store/pins.js'
import { emailSetupLink, emailSetupLinks, findSetupLink, linkToken } from '../../src/store/setup-links.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let workspace: Workspace

beforeEach(async () => {
  workspace = await openWorkspace()
})

afterEach(() => workspace.close())

const add = (name: string, email: string | null = `${name.toLowerCase()}@example.com`) =>
  addEmployee(workspace.db, { name, email }, 'test')
const emailAll = (atMost = 1000) => emailSetupLinks(workspace.db, workspace.linkKey, { actor: 'test', atMost })
const emailOne = (employeeId: number, after: number | null) =>
  emailSetupLink(workspace.db, workspace.linkKey, { employeeId, actor: 'test', after })
const waiting = async () =>
  (await dueMails(workspace.db, Date.now(), 1000)).flatMap(({ address, content }) =>
    content.kind === 'setup link' ? { address, ...content } : [],
  )
const waitingTokens = async () => (await waiting()).map(({ link }) => linkToken(workspace.linkKey, link.nonce))

describe('emailing setup links', () => {
  it('links everyone who needs one, in one press of more than one batch', async () => {
    for (let i = 0; i < 260; i++) await add(`Employee${i}`)
    expect(await emailAll()).toEqual({ queued: 260 })
    const mails = await waiting()
    expect(new Set(mails.map(mail => mail.address)).size).toBe(260)
    expect(new Set(mails.map(mail => mail.employee.phoneClockId)).size).toBe(260)
  })

  it('pressed by several at once mails nobody twice', async () => {
    for (let i = 0; i < 260; i++) await add(`Employee${i}`)
    const presses = await Promise.all([emailAll(), emailAll(), emailAll()])
    expect(presses).toEqual([{ queued: 260 }, { queued: 0 }, { queued: 0 }])
    expect(await waiting()).toHaveLength(260)
    expect((await latestMailing(workspace.db))?.mails.waiting).toBe(260)
  })

  it('sends nothing when more are due than the button said', async () => {
    for (const name of ['Ann', 'Ben', 'Cleo']) await add(name)
    expect(await emailAll(2)).toEqual({ due: 3 })
    expect(await waiting()).toEqual([])
  })

  it('passes over whoever has no address, a PIN or an active link', async () => {
    await add('Gus', null)
    await setPin(workspace.db, workspace.pinKey, { employeeId: await add('Ann'), pin: '2468', actor: 'test' })
    await emailOne(await add('Ben'), null)
    await add('Cleo')
    expect(await emailAll()).toEqual({ queued: 1 })
  })
})

describe('a link for one employee', () => {
  it('replaces the one before it, whose mail is not sent any more', async () => {
    const ann = await add('Ann')
    await emailOne(ann, null)
    const [first = ''] = await waitingTokens()
    expect(await emailOne(ann, 1)).toBe(true)
    const [second = '', ...others] = await waitingTokens()
    expect(others).toEqual([])
    expect(await findSetupLink(workspace.db, first)).toEqual({ state: 'replaced' })
    expect(await findSetupLink(workspace.db, second)).toMatchObject({ state: 'active', name: 'Ann' })
  })

  it('asked for twice by a double click is sent once', async () => {
    const ann = await add('Ann')
    expect(await Promise.all([emailOne(ann, null), emailOne(ann, null)])).toEqual([true, false])
    expect(await waiting()).toHaveLength(1)
  })

  it('used by two at once sets one PIN', async () => {
    await emailOne(await add('Ann'), null)
    const [token = ''] = await waitingTokens()
    const pick = (pin: string) => pickPin(workspace.db, workspace.pinKey, { token, pin })
    const states = (await Promise.all([pick('2468'), pick('8052')])).map(link => link?.state)
    expect(states.sort()).toEqual(['active', 'used'])
  })

  it('ends with a PIN that an admin sets, and its mail is not sent any more', async () => {
    const ann = await add('Ann')
    await emailOne(ann, null)
    const [token = ''] = await waitingTokens()
    await setPin(workspace.db, workspace.pinKey, { employeeId: ann, pin: '2468', actor: 'test' })
    expect(await findSetupLink(workspace.db, token)).toEqual({ state: 'PIN set' })
    expect(await waiting()).toEqual([])
  })
})

it('no token is in the database: only what it makes together with a key that is not there', async () => {
  await emailOne(await add('Ann'), null)
  const [token = ''] = await waitingTokens()
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  for (const file of readdirSync(workspace.directory)) {
    expect(readFileSync(join(workspace.directory, file)).includes(token)).toBe(false)
  }
})
