/** A small disk of its own, to be filled up and made read-only. Needs root. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  /** A directory on it, which is not there yet. */
  readonly directory: string
  /** Leaves no room, or so many bytes. */
  fill(butFor?: number): void
  /** Takes away what filled it. */
  free(): void
  /** While no file on it is open for writing. */
  makeReadOnly(isReadOnly: boolean): void
  unmount(): void
}

const BLOCK = 4096

export function mountSmallDisk(mebibytes = 16): SmallDisk {
  const root = mkdtempSync(join(tmpdir(), 'punchline-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'punchline-test', root])
  const filler = join(root, 'filler')
  return {
    directory: join(root, 'data'),
    fill(butFor = 0) {
      const file = openSync(filler, 'a')
      try {
        for (;;) writeSync(file, Buffer.alloc(BLOCK))
      } catch {
        // Full.
      } finally {
        closeSync(file)
      }
      truncateSync(filler, statSync(filler).size - butFor)
    },
    free: () => rmSync(filler, { force: true }),
    makeReadOnly: isReadOnly => execFileSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, root]),
    unmount() {
      execFileSync('umount', [root])
      rmdirSync(root)
    },
  }
}
