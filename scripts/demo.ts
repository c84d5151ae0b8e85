/** Adds a few employees and jobs, and places one real SIP call that clocks an employee in, showing each step of it. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENTRY_HEADINGS, entryRow, table } from '../src/cli/listing.js'
import { readConfig } from '../src/config.js'
import { openStore } from '../src/opening.js'
import { addAdmin, anyAdmin } from '../src/store/admins.js'
import type { Database } from '../src/store/database.js'
import { addEmployee, findEmployees, listEmployees } from '../src/store/employees.js'
import type { PinKey } from '../src/store/hashing.js'
import { addJob, findJobByPhoneCode } from '../src/store/jobs.js'
import { setPin } from '../src/store/pins.js'
import { readStanding } from '../src/store/punches.js'
import { RecordingFolder } from '../src/store/recordings.js'
import { listTimeEntries } from '../src/store/time-entries.js'
import { type Call, dial, loadPrompts } from './telephone/telephone.js'

const CREW = [
  { name: 'Ann Baker', pin: '2468' },
  { name: 'Ben Carter', pin: '8052' },
  { name: 'Cleo Diaz', pin: '71930' },
] as const
const JOBS = [
  { name: 'Roof', phoneCode: '12' },
  { name: 'Warehouse', phoneCode: '20' },
] as const
const ADMIN = 'demo@example.com'

interface Member {
  readonly id: number
  readonly name: string
  readonly pin: string
  readonly phoneClockId: string
}

if (existsSync('.env')) process.loadEnvFile('.env')
const config = readConfig(process.env)
const { db, pinKey } = await openStore(config)
const texts = promptTexts('asterisk-config/sounds/en/prompts.txt')
const clockZero = performance.now()

const crew = await hire(db, pinKey)
await addJobs(db)
await welcomeAdmin(db)
const caller = await whoIsOut(db, crew)
await showCall(caller)
await showResult(caller)
await db.destroy()

/** The crew with their PINs, added where they are missing. A directory that others work with is left alone. */
async function hire(db: Database, pinKey: PinKey): Promise<Member[]> {
  const strangers = (await listEmployees(db)).filter(({ name }) => !CREW.some(member => member.name === name))
  if (strangers.length > 0) {
    console.error(
      `\n${config.dataDirectory} has employees of its own. Give the demo another place: DATA_DIR=demo-data scripts/start --demo`,
    )
    process.exit(1)
  }
  const members: Member[] = []
  for (const { name, pin } of CREW) {
    const [known] = await findEmployees(db, name)
    const id = known?.id ?? (await addEmployee(db, { name, email: null }, 'demo'))
    members.push({ id, name, pin, phoneClockId: await setPin(db, pinKey, { employeeId: id, pin, actor: 'demo' }) })
  }
  console.log('\nEmployees of the demo')
  console.log(
    indent(
      table(
        ['name', 'phone clock ID', 'PIN'],
        members.map(m => [m.name, m.phoneClockId, m.pin]),
      ),
    ),
  )
  return members
}

async function addJobs(db: Database): Promise<void> {
  for (const job of JOBS) {
    if (!(await findJobByPhoneCode(db, job.phoneCode))) await addJob(db, job, 'demo')
  }
  console.log(
    `Jobs\n${indent(
      table(
        ['name', 'phone code'],
        JOBS.map(job => [job.name, job.phoneCode]),
      ),
    )}`,
  )
}

async function welcomeAdmin(db: Database): Promise<void> {
  if (await anyAdmin(db)) return
  const password = randomBytes(9).toString('base64url')
  await addAdmin(db, { email: ADMIN, password, role: 'owner' }, 'demo')
  console.log(`Admin\n  ${ADMIN}, password ${password}`)
}

/** One of the crew who is out and was not clocked a moment ago, so that the call clocks in. */
async function whoIsOut(db: Database, crew: readonly Member[]): Promise<Member> {
  for (const member of crew) {
    const { openEntry, lastPunch } = await readStanding(db, member.id)
    if (!openEntry && (!lastPunch || Date.now() - lastPunch.committedAt > 120_000)) return member
  }
  console.error(
    '\nThe whole crew is in. Remove the data directory of the demo to begin anew, or call and clock them out.',
  )
  process.exit(1)
}

async function showCall({ name, phoneClockId, pin }: Member): Promise<void> {
  const number = (config.dialInNumber ?? '5550100').replace(/[^+\d]/g, '')
  const to = process.env.SIP_ADDRESS ?? '127.0.0.1:5060'
  console.log(`\n${name} calls ${number} at ${to}`)
  const call = await dial({ to, number, from: '+15550177', prompts: await loadPrompts('asterisk-config/sounds/en') })
  const watching = watch(call)
  await call.hears('enter-phone-clock-id', { part: 'end' })
  await press(call, phoneClockId)
  await call.hears('enter-pin', { part: 'end' })
  await press(call, pin)
  await call.hears('enter-job-code-or-skip', { part: 'end' })
  await press(call, JOBS[0].phoneCode)
  await call.hears('tone', { part: 'end', within: 20_000 })
  tell('says', `(something like "${name}")`)
  await call.speak(1_500)
  await press(call, '')
  await watching
}

async function press(call: Call, digits: string): Promise<void> {
  tell('keys', `${digits}#`)
  await call.press(`${digits}#`)
}

/** Tells what the caller hears and what Punchline notes, as it happens, until the call is over and all of it is kept. */
async function watch(call: Call): Promise<void> {
  let isOver = false
  call.ended.then(() => {
    isOver = true
  })
  let heard = 0
  let noted = await lastStep()
  const tellNews = async () => {
    for (const { prompt } of call.heard().slice(heard)) tell('hears', texts.get(prompt) ?? `(${prompt})`)
    heard = call.heard().length
    for (const { id, step, detail } of await stepsAfter(noted)) {
      tell('Punchline', detail === null ? step : `${step}: ${detail}`)
      noted = id
    }
  }
  while (!isOver) {
    await tellNews()
    await sleep(50)
  }
  // The recording may still be on its way from the PBX.
  await sleep(500)
  await tellNews()
  tell('', 'the line is hung up')
}

async function lastStep(): Promise<number> {
  const { last } = await db
    .selectFrom('calls')
    .leftJoin('call_steps', 'call_steps.call_id', 'calls.id')
    .select(eb => eb.fn.max('call_steps.id').as('last'))
    // The steps of the call that has just been answered may be there already.
    .where('calls.ended_at', 'is not', null)
    .executeTakeFirstOrThrow()
  return last ?? 0
}

function stepsAfter(id: number) {
  return db.selectFrom('call_steps').select(['id', 'step', 'detail']).where('id', '>', id).orderBy('id').execute()
}

async function showResult({ name }: Member): Promise<void> {
  const [entry] = (await listTimeEntries(db, { limit: 10 })).filter(({ employee }) => employee === name)
  if (!entry) throw new Error(`${name} was not clocked in: see ${config.dataDirectory}/punchline.log`)
  console.log(`\nTime entry\n${indent(table(ENTRY_HEADINGS, [entryRow(entry, config.timeStyle.timeZone)]))}`)
  const recording = entry.clockInVoice?.recording
  const file = recording ? await new RecordingFolder(config.dataDirectory).find(recording) : null
  console.log(`Recording\n  ${file ?? 'none'}\n`)
}

function tell(who: string, what: string): void {
  const seconds = ((performance.now() - clockZero) / 1000).toFixed(1)
  console.log(`  ${seconds.padStart(5)} s  ${who.padEnd(9)}  ${what}`)
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ')
}

function promptTexts(file: string): Map<string, string> {
  const lines = readFileSync(file, 'utf8').matchAll(/^([a-z0-9-]+): ?(.*)$/gm)
  return new Map([...lines].map(([, name = '', text]) => [name, text ? `"${text}"` : `(${name})`]))
}
