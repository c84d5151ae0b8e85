/** The steps of the page *Getting started*, in the same words. */
import { lastBackup } from '../../backup/label.js'
import type { Config } from '../../config.js'
import { openStore } from '../../opening.js'
import { Checklist, isOpen, type Step, type StepName } from '../../status/checklist.js'
import type { LineStanding } from '../../status/pbx.js'
import { Status } from '../../status/status.js'
import { type Check, Todo } from './check.js'

/** The doctor has checks of its own for them, which look further. */
const SAID_ALREADY: readonly StepName[] = ['Database', 'PBX']

/** Of a data directory that has a database. */
export async function stepChecks(config: Config, standing: LineStanding): Promise<Check[]> {
  const { db } = await openStore(config)
  const settings = {
    ...config,
    db,
    line: () => standing,
    lastBackup: () => lastBackup(config.backup.directory),
  }
  const steps = await new Checklist(settings, new Status(settings)).read().finally(() => db.destroy())
  return steps
    .filter(({ name }) => !SAID_ALREADY.includes(name))
    .map(step => ({ name: step.name.toLowerCase(), run: async () => said(step) }))
}

/** @throws Todo, or an Error where something is wrong */
function said(step: Step): string {
  const sentences = [step.finding, step.remedy].filter(Boolean).join(' ')
  const command = step.command?.replace(/^/gm, ' '.repeat(20))
  const text = command === undefined ? sentences : `${sentences}\n${command}`
  if (!isOpen(step)) return text
  throw step.verdict === 'wrong' ? new Error(text) : new Todo(text)
}
