/** `punchline export`: the files that payroll takes away, to standard output or into a file. */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { type Command, Option } from 'commander'
import type { Config } from '../config.js'
import { EXPORT_KINDS, EXPORTS, type ExportKind, exportCsv } from '../export/export.js'
import type { Database } from '../store/database.js'
import { unknownOf } from '../store/entry-pages.js'
import { CommandRefused, day } from './input.js'

interface Options {
  readonly from: string
  readonly to: string
  readonly employee?: string
  readonly job?: string
  readonly output?: string
  readonly bom?: true
}

type WithStore = (work: (db: Database, pinKey: unknown, config: Config) => Promise<void>) => Promise<void>

export function exportCommand(program: Command, withStore: WithStore): void {
  const group = program.command('export').description('CSV of a range of days, for payroll')
  for (const kind of EXPORT_KINDS) {
    group
      .command(kind)
      .description(EXPORTS[kind].row)
      .requiredOption('--from <day>', 'first day, such as 2026-11-01')
      .requiredOption('--to <day>', 'last day')
      .option('--employee <number>', 'of this employee alone, active or not')
      .option('--job <number>', 'of this job alone')
      .option('--output <file>', 'write this file (mode 0600) instead of standard output; it appears when it is whole')
      .addOption(new Option('--bom', 'begin with a byte order mark, which Excel needs to read names right'))
      .action((options: Options) => withStore((db, _key, config) => run(db, kind, options, config.timeStyle.timeZone)))
  }
}

async function run(db: Database, kind: ExportKind, options: Options, timeZone: string): Promise<void> {
  const range = { from: day(options.from), to: day(options.to) }
  if (range.from > range.to) throw new CommandRefused(`The first day, ${range.from}, is after the last, ${range.to}.`)
  const named = { employeeId: number(options.employee), jobId: number(options.job) }
  const unknown = await unknownOf(db, named)
  if (unknown) throw new CommandRefused(`There is no ${unknown} ${options[unknown]}.`)
  // Else V8 lets garbage grow to four times what lives before it looks, and a long export to 240 MB instead of 170.
  setFlagsFromString('--heap-growing-percent=30')
  const csv = exportCsv(db, kind, { ...range, ...named, timeZone }, { byteOrderMark: options.bom === true })
  await (options.output === undefined ? toStandardOutput(csv) : toFile(csv, options.output))
}

/** Whoever reads may stop early, as `head` does. */
async function toStandardOutput(csv: AsyncIterable<string>): Promise<void> {
  const isClosed = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EPIPE'
  process.stdout.on('error', () => {})
  await pipeline(csv, process.stdout).catch(error => {
    if (!isClosed(error)) throw error
  })
}

/** Under another name until it is whole, so that nobody takes half a pay period for all of it. */
async function toFile(csv: AsyncIterable<string>, file: string): Promise<void> {
  const part = join(dirname(file), `.${basename(file)}.${process.pid}.part`)
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    await pipeline(csv, createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }), { signal: stopping.signal })
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    if (stopping.signal.aborted) throw new CommandRefused(`Stopped; ${file} was not written.`)
    throw new CommandRefused(`${file} can't be written: ${error instanceof Error ? error.message : error}`)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** An employee's or a job's number; 0, which none has, when it is no number. */
function number(value: string | undefined): number | null {
  if (value === undefined) return null
  return /^\d{1,15}$/.test(value) ? Number(value) : 0
}
