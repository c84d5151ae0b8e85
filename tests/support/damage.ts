import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Database } from '../../src/store/database.js'

const PAGE = 4096

/** Overwrites all of an open database but its first page, and has it forget what it knew. */
export async function damageDatabase({ db, directory }: { db: Database; directory: string }): Promise<void> {
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
  overwrite(join(directory, 'punchline.db'))
  await sql`pragma shrink_memory`.execute(db)
}

function overwrite(file: string): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(statSync(file).size - PAGE, 0xee), 0, undefined, PAGE)
  closeSync(handle)
}
