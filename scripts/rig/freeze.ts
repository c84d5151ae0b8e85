/** Stops a process in its tracks, as a machine that hangs would. */
import { readdirSync, readFileSync } from 'node:fs'
import { until } from './until.js'

/** Returns once all its threads stand still: the signal takes a moment in which one may still answer. Gives what lets it go on. */
export async function freeze(pid: number | null): Promise<() => void> {
  if (pid === null) throw new Error('What is not running can’t be frozen.')
  process.kill(pid, 'SIGSTOP')
  await until('all threads stand still', () => threadStates(pid).every(state => state === 'T'))
  return () => process.kill(pid, 'SIGCONT')
}

/** As proc(5) has them: behind the name in parentheses. */
function threadStates(pid: number): (string | undefined)[] {
  return readdirSync(`/proc/${pid}/task`).map(thread =>
    readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').split(') ')[1]?.charAt(0),
  )
}
