/** `punchline pbx-config`: puts Punchline's files onto the PBX of this machine, once IT has seen what changes. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../config.js'
import { type Answers, TRUNK_KINDS, USUAL_BIND, USUAL_CODECS } from '../pbx-config/answers.js'
import { ariUser } from '../pbx-config/ari-user.js'
import { readDelivered } from '../pbx-config/delivered.js'
import { differences } from '../pbx-config/difference.js'
import { findings } from '../pbx-config/findings.js'
import { type Found, lookAt } from '../pbx-config/found.js'
import { LAYOUTS } from '../pbx-config/layout.js'
import { refuseObstacles } from '../pbx-config/obstacles.js'
import { ariUrl } from '../pbx-config/own.js'
import { plan } from '../pbx-config/plan.js'
import { writeChanges } from '../pbx-config/writing.js'
import { askFor } from './input.js'
import { answersOf, type Given, isConversation } from './pbx-config/questions.js'

interface Options extends Given {
  readonly etc: string
  readonly write?: true
}

export function pbxConfigCommand(program: Command, config: () => Config, print: (line: string) => void): void {
  program
    .command('pbx-config')
    .description(
      'put Punchline’s files onto the Asterisk of this machine: shows what would change, and changes nothing unless told to',
    )
    .option('--etc <directory>', 'Asterisk’s configuration', '/etc/asterisk')
    .option('--trunk <kind>', `how calls come in: ${TRUNK_KINDS.join(', ')}`)
    .option('--address <addresses...>', 'where the provider’s calls come from: addresses, networks, host names')
    .option('--registrar <host>', 'where to register, with a port if it isn’t 5060')
    .option('--username <name>', 'the user name there')
    .option(
      '--password-file <file>',
      'a file with the password there; else it is asked for, or read from standard input',
    )
    .option('--did <number>', 'the clock’s number, as the provider sends it')
    .option('--context <context>', 'where calls of the trunk that is there arrive in the dialplan')
    .option('--codecs <codecs>', `of the trunk, the best first; left out: ${USUAL_CODECS}`)
    .option('--bind <address>', `where to take SIP calls, if Asterisk does nowhere yet; left out: ${USUAL_BIND}`)
    .option('--write', 'write it')
    .action((options: Options) => run(options, config(), print))
}

async function run(options: Options, config: Config, print: (line: string) => void): Promise<void> {
  const found = await lookAt(resolve(options.etc))
  print(`${LAYOUTS[found.distribution].name}${found.version ? ` ${found.version}` : ''} in ${found.etc}`)
  const answers = await answersOf(options, found.distribution)
  const delivered = readDelivered()
  refuseObstacles(found, delivered, answers)
  const ari = ariUser(config.ari.username, config.ari.passwordFile)
  const { changes, companys } = plan(found, delivered, answers, ari.user)
  for (const path of companys) {
    print(`\nNote: ${path} is your own, or changed by you, and stays as it is. Move it away to have it written.`)
  }
  for (const finding of await findings(found, delivered, answers)) print(`\nNote: ${finding}`)
  const all = [...ari.made, ...changes]
  if (all.length === 0) return print('\nAll of it is there already: nothing to change.')
  print(`\n${differences(all)}\n`)
  if (!options.write && !(await isAgreed(options))) return print('Nothing was changed. To write it: --write')
  const backup = writeChanges(found.etc, all, new Date())
  print(backup ? `Written. What was there before is in ${backup}` : 'Written.')
  print(nextSteps(found, answers, config))
}

/** Only who was asked for the answers is asked for this one. */
async function isAgreed(options: Options): Promise<boolean> {
  return isConversation(options) && /^y(es)?$/i.test(await askFor('Write this? (y/n)', 'n'))
}

function nextSteps(found: Found, { trunk }: Answers, { dialInNumber }: Config): string {
  const number = trunk.kind === 'existing' ? (trunk.entry?.did ?? null) : trunk.did
  const steps = [
    `Let Asterisk take it:   ${LAYOUTS[found.distribution].reload}`,
    trunk.kind === 'existing' && !trunk.entry && 'Lead the clock’s number to punchline,s,1',
    process.env.ARI_URL === undefined && `Put into .env:          ARI_URL=${ariUrl(found)}`,
    dialInNumber === null && number !== null && `Put into .env:          DIAL_IN_NUMBER=${number}`,
    'Start Punchline, check: punchline doctor',
  ].filter(step => step !== false)
  return ['', ...steps.map((step, i) => `  ${i + 1}. ${step}`)].join('\n')
}
