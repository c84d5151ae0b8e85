/** What a command is given. PINs and passwords are never arguments: arguments are seen by every user of the machine. */

import { read } from 'read'
import { isDate } from '../calendar.js'
import { type Admin, findAdminByEmail } from '../store/admins.js'
import type { Database } from '../store/database.js'
import { type Employee, findEmployees } from '../store/employees.js'
import type { Role } from '../store/schema.js'

/** A command can't do what it was asked. The message says why and what to do. */
export class CommandRefused extends Error {}

/** A secret from the keyboard, unseen and keyed twice, or the first line of what is piped in. */
export async function readSecret(name: string): Promise<string> {
  if (!process.stdin.isTTY) return firstLine(process.stdin)
  const secret = await ask(`${name}: `)
  if ((await ask(`${name} again: `)) !== secret) throw new CommandRefused('The two differ. Nothing was changed.')
  return secret
}

/** What somebody at the terminal says, or what is usual when they say nothing. */
export async function askFor(question: string, usual = ''): Promise<string> {
  const prompt = usual === '' ? `${question}: ` : `${question} [${usual}]: `
  const said = await read({ prompt, output: process.stderr })
  return said.trim() === '' ? usual : said.trim()
}

/** The prompt goes to standard error, so that what a command prints can be piped on. */
async function ask(prompt: string): Promise<string> {
  return read({ prompt, silent: true, output: process.stderr })
}

async function firstLine(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    text += chunk
    if (text.includes('\n')) break
  }
  return text.split(/\r?\n/, 1)[0] ?? ''
}

/** @throws CommandRefused */
export async function oneAdmin(db: Database, email: string): Promise<Admin> {
  const found = await findAdminByEmail(db, email)
  if (!found) throw new CommandRefused(`${email} is no admin. See: punchline admin list`)
  return found
}

/** The one active employee whom a command means. @throws CommandRefused */
export async function oneEmployee(db: Database, query: string): Promise<Employee> {
  const [found, ...others] = await findEmployees(db, query)
  if (!found) {
    throw new CommandRefused(
      `No active employee has the number, phone clock ID, e-mail address or name "${query}". See: punchline employees list`,
    )
  }
  if (others.length > 0) {
    const numbers = [found, ...others].map(employee => employee.id).join(', ')
    throw new CommandRefused(`Several employees are called "${query}". Name one by number: ${numbers}`)
  }
  return found
}

/** A day, such as 2026-11-23. @throws CommandRefused */
export function day(value: string): string {
  if (!isDate(value))
    throw new CommandRefused(`"${value}" is not a day. Write it as year-month-day, such as 2026-11-23.`)
  return value
}

/** An e-mail address, as far as anyone but its mail server can tell. @throws CommandRefused */
export function emailAddress(value: string): string {
  if (!/^[^\s@]+@[^\s@]+$/.test(value)) throw new CommandRefused(`"${value}" is not an e-mail address.`)
  return value
}

/** What an admin may do. @throws CommandRefused */
export function roleOf(value: string): Role {
  if (value === 'owner' || value === 'admin' || value === 'read-only') return value
  throw new CommandRefused(`"${value}" is no role. Roles are: owner, admin, read-only.`)
}
