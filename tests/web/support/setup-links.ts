/** Setup links for tests: made as an admin makes them, and read as their mail has them. */
import { emailSetupLink, linkToken } from '../../../src/store/setup-links.js'
import type { Office } from './office.js'

/** Links an employee, who gets a newer link when there is one already. Gives the path that the mail has. */
export async function setupLinkFor(office: Office, employeeId: number): Promise<string> {
  const before = await latestLink(office, employeeId).executeTakeFirst()
  await emailSetupLink(office.db, office.linkKey, { employeeId, actor: 'test', after: before?.id ?? null })
  return latestSetupLinkOf(office, employeeId)
}

/** The path that the latest mail has. */
export async function latestSetupLinkOf(office: Office, employeeId: number): Promise<string> {
  const { nonce } = await latestLink(office, employeeId).executeTakeFirstOrThrow()
  return `/setup/${linkToken(office.linkKey, nonce)}`
}

function latestLink({ db }: Office, employeeId: number) {
  return db
    .selectFrom('setup_links')
    .select(['id', 'nonce'])
    .where('employee_id', '=', employeeId)
    .orderBy('id', 'desc')
    .limit(1)
}
