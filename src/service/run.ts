/** Runs the machine's own commands: systemd's, dpkg's and apt's. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { ServiceRefused } from './refused.js'

/** Gives what it prints. @throws ServiceRefused with what it says of its failure */
export async function ask(command: string, ...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { maxBuffer: 64 * 1024 * 1024 })).stdout.trim()
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    throw new ServiceRefused(said || `${command} could not be run: ${error instanceof Error ? error.message : error}`)
  }
}

/** Whether it succeeds. */
export function succeeds(command: string, ...args: string[]): Promise<boolean> {
  return ask(command, ...args).then(
    () => true,
    () => false,
  )
}

/** Shows what it prints, as it comes. @throws ServiceRefused */
export async function show(command: string, ...args: string[]): Promise<void> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new ServiceRefused(`${command} failed. What it said is above.`)
}
