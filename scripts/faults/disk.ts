/**
 * A disk that fails on demand: ext4 in a file, mounted through a loop device. Losing power is the kernel's own
 * EXT4_IOC_SHUTDOWN, which stops the file system with nothing more written: what was not synced is gone at the next mount,
 * as xfstests has it. Needs root.
 */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SIZE_MB = 1024
const BLOCK = Buffer.alloc(4096)

/** ioctl of the mounted directory: EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH. */
const SHUT_DOWN =
  "open(my $disk, '<', shift) or die $!; my $how = pack('L', 2); ioctl($disk, 0x8004587d, $how) or die $!"

export class Disk {
  readonly directory: string
  readonly #home = mkdtempSync(join(tmpdir(), `punchline-ext4-${process.pid}-`))
  readonly #image = join(this.#home, 'image')
  #mounted = false

  constructor() {
    this.directory = join(this.#home, 'data')
    mkdirSync(this.directory)
    execFileSync('truncate', ['-s', `${SIZE_MB}M`, this.#image])
    execFileSync('mkfs.ext4', ['-q', '-F', this.#image])
    this.mount()
  }

  mount(): void {
    execFileSync('mount', ['-o', 'loop', this.#image, this.directory])
    this.#mounted = true
  }

  /** Whoever has a file open there must be gone. */
  unmount(): void {
    if (this.#mounted) execFileSync('umount', [this.directory])
    this.#mounted = false
  }

  /** Drops all that is not synced; whoever uses the disk from now on gets errors, until it is mounted again. */
  losePower(): void {
    execFileSync('perl', ['-e', SHUT_DOWN, this.directory])
  }

  /** Turns read-only, as after an error of the medium, until it is mounted again. */
  turnReadOnly(): void {
    execFileSync('mount', ['-o', 'remount,abort', this.directory])
  }

  /** Leaves no room. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.directory)
    execFileSync('fallocate', ['-l', String(Math.floor(bavail * bsize * 0.99)), this.#ballast])
    const file = openSync(this.#ballast, 'a')
    while (hasRoomFor(() => writeSync(file, BLOCK)));
    closeSync(file)
  }

  makeRoom(): void {
    rmSync(this.#ballast)
  }

  /** Unmounts it and removes all that was on it. */
  destroy(): void {
    // Whoever still has a file open there keeps it until they close it.
    if (this.#mounted) execFileSync('umount', ['--lazy', this.directory])
    rmSync(this.#home, { recursive: true })
  }

  get #ballast(): string {
    return join(this.directory, 'ballast')
  }
}

function hasRoomFor(write: () => void): boolean {
  try {
    write()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}
