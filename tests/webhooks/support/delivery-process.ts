/** Deliveries as a process of their own, for tests that kill it: data directory. */
import { pino } from 'pino'
import { openDatabase } from '../../../src/store/database.js'
import { loadLinkKey } from '../../../src/store/setup-links.js'
import { WebhookDelivery } from '../../../src/webhooks/delivery.js'
import { QUICK } from './office.js'

const [directory = ''] = process.argv.slice(2)
const settings = { db: await openDatabase(directory), linkKey: loadLinkKey(directory), log: pino({ level: 'silent' }) }
new WebhookDelivery(settings, QUICK).start()
