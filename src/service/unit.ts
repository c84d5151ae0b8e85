/** The files of the folder `service/`, for a checkout in place of the Debian package. */

/** As the files in `service/` say it. */
const PACKAGE = { command: '/usr/bin/punchline', program: '/usr/lib/punchline/dist/cli.js' } as const

/** The unit, with the command where a checkout puts it. */
export function unitFor(command: string, unit: string): string {
  return unit.replace(`ExecStart=${PACKAGE.command} `, `ExecStart=${command} `)
}

/** The command, for the program where it is. */
export function commandFor(program: string, command: string): string {
  return command.replace(PACKAGE.program, `'${program.replaceAll("'", "'\\''")}'`)
}
