/** Punchline's outbox as a process of its own, for tests that kill it: data directory, SMTP_URL. */
import { pino } from 'pino'
import { Outbox } from '../../../src/mail/outbox.js'
import { openDatabase } from '../../../src/store/database.js'
import { loadLinkKey } from '../../../src/store/setup-links.js'
import { PUBLIC_URL, QUICK } from './office.js'

const [directory = '', smtpUrl = ''] = process.argv.slice(2)
const outbox = new Outbox(
  {
    db: await openDatabase(directory),
    linkKey: loadLinkKey(directory),
    companyName: 'Acme Roofing',
    dialInNumber: null,
    timeStyle: { timeZone: 'America/New_York', hours: 12 },
    mail: { smtpUrl, from: 'clock@example.com', publicUrl: PUBLIC_URL },
    log: pino({ level: 'silent' }),
  },
  QUICK,
)
outbox.start()
