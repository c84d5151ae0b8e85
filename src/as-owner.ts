/** What root makes in a directory of another user's has to be that user's: the service runs as it, and must be able to go on. */
import { statSync } from 'node:fs'
import { lchown, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Does the work as the owner of the directory, or of the one above where it is not there yet. Others than root do it as themselves. */
export async function asOwnerOf<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  const { uid, gid } = ownerOf(directory)
  if (process.geteuid?.() !== 0 || uid === 0) return work()
  process.setegid?.(gid)
  process.seteuid?.(uid)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
  }
}

export function ownerOf(directory: string): Owner {
  const found = statSync(directory, { throwIfNoEntry: false })
  return found ?? ownerOf(dirname(directory))
}

/** Gives all in a directory to its owner. */
export async function handOver(directory: string): Promise<void> {
  if (process.geteuid?.() !== 0) return
  const { uid, gid } = ownerOf(directory)
  for (const name of await readdir(directory, { recursive: true })) await lchown(join(directory, name), uid, gid)
}
