/** Whether the mail server lets us in, and takes a mail. */
import { randomUUID } from 'node:crypto'
import type { MailConfig } from '../config.js'
import { type Message, messageIdFor, openTransport, type Transport } from './transport.js'

/** Connects and logs in. @throws MailFailure */
export async function checkMailServer(config: MailConfig): Promise<void> {
  await withTransport(config, transport => transport.verify())
}

/** Sends a mail that says that mail works, past the outbox; gives what the server said. @throws MailFailure */
export async function sendTestMail(mail: MailConfig, companyName: string, address: string): Promise<string> {
  return withTransport(mail, transport => transport.send(testMail(address, randomUUID(), { companyName, mail })))
}

/** A mail that says that mail works; `id` is in its Message-ID. */
export function testMail(
  address: string,
  id: string,
  { companyName, mail }: { companyName: string; mail: MailConfig },
): Message {
  const text = `Mail from the phone clock of ${companyName} works: this is the test mail that was asked for.`
  return {
    to: { name: '', address },
    subject: `${companyName}: mail from the phone clock works`,
    text: `${text}\n`,
    html: `<p>${text.replace(/[&<>]/g, character => `&#${character.charCodeAt(0)};`)}</p>`,
    messageId: messageIdFor(`test-${id}`, mail.from),
    secret: null,
  }
}

async function withTransport<T>(config: MailConfig, work: (transport: Transport) => Promise<T>): Promise<T> {
  const transport = openTransport(config)
  return work(transport).finally(() => transport.close())
}
