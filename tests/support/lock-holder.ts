/** Another process that holds the lock of a database, as a careless tool does. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const HOLD = `
  import SQLite from 'better-sqlite3'
  const database = new SQLite(process.argv[1])
  database.exec('begin immediate')
  console.log('held')
  process.stdin.resume().on('end', () => database.close())`

/** Takes the lock of the database in a directory; what it gives lets go of it. */
export async function lockDatabase(directory: string): Promise<() => Promise<void>> {
  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD, join(directory, 'punchline.db')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(holder, 'exit')
  await Promise.race([once(holder.stdout, 'data'), exited.then(() => Promise.reject(new Error('not locked')))])
  return async () => {
    holder.stdin.end()
    await exited
  }
}
