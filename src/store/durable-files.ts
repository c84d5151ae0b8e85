/** Files and folders that a power cut can't undo once their promise has settled. For their owner alone. */
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes a folder, with those above it that are missing. */
export async function makeFolder(directory: string): Promise<void> {
  const topmost = await mkdir(directory, { recursive: true, mode: 0o700 })
  if (topmost === undefined) return
  for (let made = directory; made.startsWith(topmost); made = dirname(made)) await syncDirectory(dirname(made))
}

/** Writes a file; its name is on disk only once the directory is synced. */
export async function writeToDisk(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Puts on disk what another has written into a file. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r')
  await handle.sync().finally(() => handle.close())
}

/** Without it a power cut can undo a rename or a removal. */
export const syncDirectory = syncFile

export function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

export function unlessGone(error: unknown): void {
  if (!isGone(error)) throw error
}
