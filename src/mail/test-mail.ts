/** For `punchline doctor`: whether the mail server lets us in, and takes a mail. */
import { randomUUID } from 'node:crypto'
import type { MailConfig } from '../config.js'
import { messageIdFor, openTransport, type Transport } from './transport.js'

/** Connects and logs in. @throws MailFailure */
export async function checkMailServer(config: MailConfig): Promise<void> {
  await withTransport(config, transport => transport.verify())
}

/** Sends a mail that says that mail works; gives what the server said. @throws MailFailure */
export async function sendTestMail(config: MailConfig, companyName: string, address: string): Promise<string> {
  const text = `Mail from the phone clock of ${companyName} works: this mail came with "punchline doctor --mail".`
  return withTransport(config, transport =>
    transport.send({
      to: { name: '', address },
      subject: `${companyName}: mail from the phone clock works`,
      text: `${text}\n`,
      html: `<p>${text.replace(/[&<>]/g, character => `&#${character.charCodeAt(0)};`)}</p>`,
      messageId: messageIdFor(`test-${randomUUID()}`, config.from),
      secret: null,
    }),
  )
}

async function withTransport<T>(config: MailConfig, work: (transport: Transport) => Promise<T>): Promise<T> {
  const transport = openTransport(config)
  return work(transport).finally(() => transport.close())
}
