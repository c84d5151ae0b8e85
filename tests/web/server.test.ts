import { once } from 'node:events'
import { connect } from 'node:net'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { openOffice } from './support/office.js'
import { Visitor, words } from './support/visitor.js'

it('a port that is taken is named, with what to do', async () => {
  const office = await openOffice()
  try {
    const port = Number(new URL(office.url).port)
    await expect(openOffice({ http: { host: '127.0.0.1', port } })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken by another program. Stop it, or set HTTP_PORT.`,
    )
  } finally {
    await office.close()
  }
})

it('an address that this machine does not have is named, with what to do', async () => {
  await expect(openOffice({ http: { host: '192.0.2.1', port: 0 } })).rejects.toThrow(
    /no address 192\.0\.2\.1.*Set HTTP_HOST/,
  )
})

it('the pages stop at once, though a browser holds its connection', async () => {
  const office = await openOffice()
  const { hostname, port } = new URL(office.url)
  const socket = connect(Number(port), hostname).on('error', () => {})
  socket.write('GET /sign-in HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n')
  await once(socket, 'data')
  const began = Date.now()
  await office.close()
  expect(Date.now() - began).toBeLessThan(1000)
})

it('an unknown page and a path that makes no sense get a sentence', async () => {
  const office = await openOffice()
  try {
    const visitor = new Visitor(office)
    for (const path of ['/no-such-page', '/assets/none.css', '/assets/..%2f..%2fpackage.json']) {
      const response = await visitor.get(path)
      expect(response.status).toBe(404)
      expect(await words(response)).toContain('There is no such page.')
    }
    expect((await visitor.get('/voice-checks/%E0%A4/audio')).status).toBe(400)
  } finally {
    await office.close()
  }
})

it('a fault of ours gets a sentence and a line in the log, not a stack', async () => {
  const logged: string[] = []
  const office = await openOffice({ log: pino({}, { write: line => logged.push(line) }) })
  try {
    await office.addAdmin()
    const visitor = new Visitor(office)
    await visitor.signIn()
    await office.db.schema.dropTable('settings').execute()
    const response = await visitor.get('/')
    expect(response.status).toBe(500)
    const said = await words(response)
    expect(said).toContain('Something went wrong here')
    expect(said).not.toMatch(/settings|SQLITE|\.[jt]s/)
    expect(logged.join('')).toContain('no such table: settings')
  } finally {
    await office.close()
  }
})
