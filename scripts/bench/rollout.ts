/** The admin's pages at 10,000 employees, and the emailing of 10,000 setup links to a real mail server. */
import { pino } from 'pino'
import { Outbox } from '../../src/mail/outbox.js'
import type { Database } from '../../src/store/database.js'
import { openOffice } from '../../tests/web/support/office.js'
import { signedInAdmin } from '../../tests/web/support/visitor.js'
import { openMailServer } from '../rig/mail-server.js'
import { type Figure, measure, worstStall } from './measure.js'

const EMPLOYEES = 10_000
const RUNS = 30

export async function benchRollout(say: (line: string) => void): Promise<Figure[]> {
  const mailServer = await openMailServer()
  let outbox: Outbox | null = null
  const office = await openOffice({ mail: { wake: () => outbox?.wake(), tryNow: () => outbox?.tryNow() } })
  const { db, linkKey } = office
  outbox = new Outbox({
    db,
    linkKey,
    log: pino({ level: 'silent' }),
    companyName: 'Acme Roofing',
    dialInNumber: '+1 555 0100',
    timeStyle: { timeZone: 'America/New_York', hours: 12 },
    mail: { smtpUrl: mailServer.url, from: 'clock@example.com', publicUrl: 'https://clock.example.com' },
  })
  outbox.start()
  try {
    await hire(db)
    const admin = await signedInAdmin(office)
    const get = async (path: string) => {
      const response = await admin.get(path)
      if (!response.ok) throw new Error(`${path} answered ${response.status}`)
      await response.text()
    }
    const page = (what: string, path: string) => measure(what, { runs: RUNS, limitMs: 100 }, () => get(path))

    const figures = [
      await page(`list of ${EMPLOYEES}, nobody set up`, '/phone-clocking'),
      await page('search by name', '/phone-clocking?q=employee+777'),
      await measure(`press Email ${EMPLOYEES} setup links`, { runs: 1, limitMs: 1000 }, async () => {
        const lag = await worstStall(() =>
          admin.post('/phone-clocking/setup-links', new URLSearchParams({ count: String(EMPLOYEES) })),
        )
        say(`the press held other work up for ${lag.toFixed(0)} ms at worst`)
      }),
      await page('list while the mails flow', '/phone-clocking'),
      await page('search while the mails flow', '/phone-clocking?q=employee+777&status=Link+sent'),
      await page('progress while the mails flow', '/phone-clocking/sending'),
    ]
    const began = performance.now()
    const before = mailServer.mails.length
    const lag = await worstStall(() => mailServer.received(EMPLOYEES))
    const rate = ((mailServer.mails.length - before) / (performance.now() - began)) * 1000
    say(`mails flowed at ${rate.toFixed(0)} a second, and held other work up for ${lag.toFixed(0)} ms at worst`)
    say(`${new Set(mailServer.mails.map(mail => mail.to)).size} addresses got ${mailServer.mails.length} mails`)
    return [...figures, await page(`list of ${EMPLOYEES}, all with a link`, '/phone-clocking?page=100')]
  } finally {
    await outbox.stop()
    await office.close()
    await mailServer.close()
  }
}

async function hire(db: Database): Promise<void> {
  const some = 500
  for (let first = 0; first < EMPLOYEES; first += some) {
    const rows = Array.from({ length: some }, (_, i) => ({
      name: `${['Ann', 'Bob', 'Émile', 'Zoë'][i % 4]} Employee ${first + i}`,
      email: `employee${first + i}@example.com`,
      created_at: Date.now(),
    }))
    await db.insertInto('employees').values(rows).execute()
  }
}
