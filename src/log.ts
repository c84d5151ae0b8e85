/** The log: one JSON object a line, on standard output. */
import { fstatSync } from 'node:fs'
import { type Logger, pino } from 'pino'

/** By the levels of pino: the priorities that syslog and the journal know. */
const PRIORITIES: readonly (readonly [level: number, priority: number])[] = [
  [60, 2],
  [50, 3],
  [40, 4],
  [30, 6],
]
const DEBUG = 7

export function openLog(level: string): Logger {
  // Not in step with the thread, which all calls share; what is left is written when the process ends.
  const out = pino.destination({ fd: 1, sync: false })
  if (!goesToJournal(process.env.JOURNAL_STREAM)) return pino({ level, base: null }, out)
  return pino(
    { level, base: null },
    withPriorities(line => out.write(line)),
  )
}

/** Puts before each line the priority by which journalctl filters, which the journal takes off again. */
export function withPriorities(write: (line: string) => void) {
  return {
    // Has pino say each line's level.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string) {
      write(`<${priorityOf(this.lastLevel)}>${line}`)
    },
  }
}

function priorityOf(level: number): number {
  return PRIORITIES.find(([from]) => level >= from)?.[1] ?? DEBUG
}

/** systemd names the stream that it connected to the journal; standard output may have been redirected since. */
function goesToJournal(stream: string | undefined): boolean {
  const { dev, ino } = fstatSync(1)
  return stream === `${dev}:${ino}`
}
