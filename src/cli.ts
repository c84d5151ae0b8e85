#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=4
/**
 * The `punchline` command. What the first line sets keeps memory small and level: without it each of the threads that hash
 * PINs keeps the 19 MiB of its latest hash for itself, and Node lets 48 MB of short-lived objects gather.
 */
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { Command } from 'commander'
import { BackupRefused } from './backup/refused.js'
import { endOfDay, startOfDay } from './calendar.js'
import { chainText } from './cli/audit.js'
import { backupCommands } from './cli/backup.js'
import { exportCommand } from './cli/export.js'
import { CommandRefused, day, emailAddress, oneAdmin, oneEmployee, readSecret, roleOf } from './cli/input.js'
import { ENTRY_HEADINGS, entryJson, entryRow, table } from './cli/listing.js'
import { pbxConfigCommand } from './cli/pbx-config.js'
import { serviceCommands } from './cli/service.js'
import { SETTINGS_HELP, settingOf, settingsText } from './cli/settings.js'
import { jobCodeFault } from './clock/job-code.js'
import { type Config, ConfigFaults, readConfig } from './config.js'
import { withCredentials } from './credentials.js'
import { openStore, StartRefused } from './opening.js'
import { PbxConfigRefused } from './pbx-config/refused.js'
import { ServiceRefused } from './service/refused.js'
import { AdminRefused, addAdmin, anyOwner, listAdmins, setPassword, setRole } from './store/admins.js'
import { verifyChain } from './store/audit-chain.js'
import { type Database, DatabaseUnusable } from './store/database.js'
import { addEmployee, deactivateEmployee, deleteEmployee, EmployeeRefused, listEmployees } from './store/employees.js'
import type { PinKey } from './store/hashing.js'
import { addJob, JobRefused } from './store/jobs.js'
import { comingFrom } from './store/origin.js'
import { PinRefused, removePin, setPin } from './store/pins.js'
import { endSecondFactor } from './store/second-factors.js'
import { changeSettings, readSettings } from './store/settings.js'
import { sayFault, storeFault } from './store/store-fault.js'
import { listTimeEntries } from './store/time-entries.js'

const ACTOR = 'command line'

/** Errors whose message is all that the user needs. */
const SENTENCES = [
  AdminRefused,
  BackupRefused,
  CommandRefused,
  ConfigFaults,
  DatabaseUnusable,
  EmployeeRefused,
  JobRefused,
  PbxConfigRefused,
  PinRefused,
  ServiceRefused,
  StartRefused,
]

const program = new Command('punchline').description('A phone time clock for your own Asterisk')

program
  .command('start')
  .description('run Punchline until it is stopped: SIGTERM lets calls finish, a second one does not wait')
  .action(async () => {
    // Only this one needs the phone line, the pages and the mail: the others start in half the time without.
    const { start } = await import('./main.js')
    const hurry = new AbortController()
    // From before the start on: who asks during it is heard when all is up, and what was begun is ended in order.
    const asked = new Promise<void>(resolve => {
      let isAsked = false
      const ask = () => {
        if (isAsked) hurry.abort()
        isAsked = true
        resolve()
      }
      process.on('SIGINT', ask).on('SIGTERM', ask)
    })
    const punchline = await start(config())
    await asked
    await punchline.stop(hurry.signal)
  })

program
  .command('doctor')
  .description('check the database, Asterisk, the prompts, the disk and the mail server')
  .option('--only <check>', 'run this check alone')
  .option('--mail <address>', 'send a test mail to this address, and check nothing else')
  .action(async (options: { only?: string; mail?: string }) => {
    const { doctor } = await import('./cli/doctor.js')
    if (!(await doctor(config(), options, console.log))) process.exitCode = 1
  })

const admin = program.command('admin').description('who may sign in to the pages')
admin
  .command('add <email>')
  .description('add an admin; the password is asked for, or read from standard input')
  .option('--role <role>', 'owner, admin or read-only; left out: owner while there is none, else admin')
  .action((email: string, options: { role?: string }) =>
    withStore(async db => {
      const role = options.role === undefined ? ((await anyOwner(db)) ? 'admin' : 'owner') : roleOf(options.role)
      await addAdmin(db, { email, password: await readSecret('Password'), role }, ACTOR)
      console.log(`${email} can sign in now, as ${role}.`)
    }),
  )
admin
  .command('list')
  .description('list the admins, with roles, second factors, and the identity provider that they sign in through')
  .action(() =>
    withStore(async db => {
      const rows = (await listAdmins(db)).map(({ email, role, hasSecondFactor, issuer }) => [
        email,
        role,
        hasSecondFactor ? 'yes' : 'no',
        issuer ?? '',
      ])
      console.log(table(['e-mail', 'role', 'second factor', 'identity provider'], rows))
    }),
  )
admin
  .command('role <email> <role>')
  .description('give an admin another role: owner, admin or read-only')
  .action((email: string, role: string) =>
    withStore(async db => {
      await setRole(db, email, roleOf(role), ACTOR)
      console.log(`${email} has the role ${role} from now on.`)
    }),
  )
admin
  .command('password <email>')
  .description('give an admin who forgot theirs a new password, which is asked for; they are signed out everywhere')
  .action((email: string) =>
    withStore(async db => {
      const found = await oneAdmin(db, email)
      await setPassword(db, found, await readSecret(`New password for ${found.email}`), ACTOR)
      console.log(`${found.email} signs in with the new password from now on.`)
    }),
  )
admin
  .command('end-second-factor <email>')
  .description('turn an admin’s second factor off, for when phone and recovery codes are lost')
  .action((email: string) =>
    withStore(async db => {
      const found = await oneAdmin(db, email)
      const wasOn = await endSecondFactor(db, found, ACTOR)
      console.log(wasOn ? `${email} signs in with the password alone.` : `${email} had no second factor.`)
    }),
  )

const employees = program.command('employees').description('employees')
employees
  .command('add')
  .description('add an employee')
  .requiredOption('--name <name>', 'full name')
  .option('--email <address>', 'e-mail address')
  .action((options: { name: string; email?: string }) =>
    withStore(async db => {
      const name = options.name.trim()
      if (name === '') throw new CommandRefused('An employee needs a name.')
      const email = options.email === undefined ? null : emailAddress(options.email)
      const id = await addEmployee(db, { name, email }, ACTOR)
      console.log(`${name} is employee ${id}. To let them clock in: punchline pin set ${id}`)
    }),
  )
employees
  .command('list')
  .description('list the active employees')
  .option('--json', 'as JSON')
  .action((options: { json?: true }) =>
    withStore(async db => {
      const all = await listEmployees(db)
      if (options.json) return console.log(JSON.stringify(all, null, 2))
      const rows = all.map(e => [String(e.id), e.name, e.email ?? '', e.phoneClockId ?? '', e.status])
      console.log(table(['number', 'name', 'e-mail', 'phone clock ID', 'status'], rows))
    }),
  )

employees
  .command('deactivate <employee>')
  .description('end an employee’s PIN and phone clock ID, and leave them off the lists; what they clocked stays')
  .action((query: string) =>
    withStore(async db => {
      const employee = await oneEmployee(db, query)
      await deactivateEmployee(db, employee.id, ACTOR)
      console.log(`${employee.name} can no longer clock in and is off the lists.`)
    }),
  )
employees
  .command('delete <employee>')
  .description('deactivate an employee and forget name and e-mail address; what they clocked stays, under a number')
  .action((query: string) =>
    withStore(async db => {
      const employee = await oneEmployee(db, query)
      await deleteEmployee(db, employee.id, ACTOR)
      console.log(`${employee.name} is forgotten: what they clocked stays under "Deleted employee ${employee.id}".`)
    }),
  )

const pin = program.command('pin').description('PINs')
pin
  .command('set <employee>')
  .description('set or change a PIN, which is asked for, or read from standard input; prints the phone clock ID')
  .action((query: string) =>
    withStore(async (db, pinKey) => {
      const employee = await oneEmployee(db, query)
      const secret = await readSecret(`PIN for ${employee.name}`)
      console.log(await setPin(db, pinKey, { employeeId: employee.id, pin: secret, actor: ACTOR }))
    }),
  )
pin
  .command('remove <employee>')
  .description('end a PIN and its phone clock ID at once; the ID never returns')
  .action((query: string) =>
    withStore(async db => {
      const employee = await oneEmployee(db, query)
      const removed = await removePin(db, employee.id, ACTOR)
      console.log(removed ? `${employee.name} can no longer clock in.` : `${employee.name} had no PIN.`)
    }),
  )

program
  .command('jobs')
  .description('jobs')
  .command('add <name>')
  .description('add a job')
  .option('--code <digits>', 'phone code, 1 to 8 digits')
  .action((name: string, options: { code?: string }) =>
    withStore(async db => {
      const phoneCode = options.code ?? null
      const fault = phoneCode === null ? null : jobCodeFault(phoneCode)
      if (fault) throw new CommandRefused(fault)
      if (name.trim() === '') throw new CommandRefused('A job needs a name.')
      const id = await addJob(db, { name: name.trim(), phoneCode }, ACTOR)
      console.log(`${name.trim()} is job ${id}${phoneCode === null ? '' : `, phone code ${phoneCode}`}.`)
    }),
  )

program
  .command('entries')
  .description('time entries')
  .command('list')
  .description('list time entries, the newest first')
  .option('--from <day>', 'first day, such as 2026-11-01')
  .option('--to <day>', 'last day')
  .option('--json', 'as JSON')
  .action((options: { from?: string; to?: string; json?: true }) =>
    withStore(async (db, _key, { timeStyle }) => {
      const entries = await listTimeEntries(db, {
        ...(options.from !== undefined && { from: startOfDay(day(options.from), timeStyle.timeZone) }),
        ...(options.to !== undefined && { to: endOfDay(day(options.to), timeStyle.timeZone) }),
      })
      if (options.json) return console.log(JSON.stringify(entries.map(entryJson), null, 2))
      console.log(
        table(
          ENTRY_HEADINGS,
          entries.map(entry => entryRow(entry, timeStyle.timeZone)),
        ),
      )
    }),
  )

exportCommand(program, withStore)
backupCommands(program, config)
pbxConfigCommand(program, config, console.log)
serviceCommands(program, config)

program
  .command('audit')
  .description('the audit: who did what')
  .command('verify')
  .description('find out whether an event was changed or taken out; fails when one was')
  .option('--includes <hash>', 'also fail unless the event with this hash, which was the latest once, is still there')
  .action((options: { includes?: string }) =>
    withStore(async db => {
      const verdict = await verifyChain(db, options.includes ?? null)
      console.log(chainText(verdict))
      if (verdict.kind !== 'whole') process.exitCode = 1
    }),
  )

const settings = program.command('settings').description('settings, which count from now on')
settings
  .command('list')
  .description('list the settings')
  .action(() => withStore(async db => console.log(settingsText(await readSettings(db)))))
settings
  .command('set <name> <value>')
  .description(SETTINGS_HELP)
  .action((name: string, value: string) =>
    withStore(async db => {
      await changeSettings(db, settingOf(name, value), ACTOR)
      console.log(`${name} is ${value} from now on.`)
    }),
  )

/** The environment, completed by the file of settings, which is .env in the working directory unless one is named, and by secrets. */
function config(): Config {
  const file = process.env.SETTINGS_FILE ?? '.env'
  if (existsSync(file)) process.loadEnvFile(file)
  return readConfig(withCredentials(process.env))
}

async function withStore(work: (db: Database, pinKey: PinKey, config: Config) => Promise<void>): Promise<void> {
  const configuration = config()
  const { db, pinKey } = await openStore(configuration)
  await comingFrom(`${userInfo().username} on this machine`, () => work(db, pinKey, configuration)).finally(() =>
    db.destroy(),
  )
}

program.parseAsync().catch(error => {
  const isSentence = SENTENCES.some(kind => error instanceof kind)
  console.error(isSentence ? error.message : storeFault(error) ? sayFault(error) : error)
  process.exitCode = 1
})
