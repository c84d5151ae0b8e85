/** The faults, by name: how each comes about, and is put right. */
import { closeSync, copyFileSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import SQLite from 'better-sqlite3'
import { MINUTE } from '../../src/clock/time.js'
import { freeze } from '../rig/freeze.js'
import type { Pbx } from '../rig/pbx.js'
import { until } from '../rig/until.js'
import type { Crowd } from './crowd.js'
import { queueSetupLinks } from './employees.js'
import { between, type Chance } from './random.js'
import type { Site } from './site.js'

export interface Scene {
  readonly site: Site
  readonly crowd: Crowd
  readonly chance: Chance
}

/** Settles as soon as everything runs again, or was told to. */
export type Strike = (scene: Scene) => Promise<void>

export const FAULTS: ReadonlyMap<string, Strike> = new Map<string, Strike>([
  ['Punchline killed', killPunchline],
  ['Asterisk killed', killAsterisk],
  ['both killed', killBoth],
  ['power cut', cutPower],
  ['disk full', fillDisk],
  ['disk read-only', turnDiskReadOnly],
  ['database locked', lockDatabase],
  ['database damaged', damageDatabase],
  ['Punchline restarted', restartPunchline],
  ['Asterisk restarted', restartAsterisk],
  ['Punchline frozen', freezePunchline],
  ['Asterisk frozen', freezeAsterisk],
  ['cable pulled', pullCable],
  ['mail server gone', loseMailServer],
])

/** How long a disk is out of order, a lock is held, in milliseconds. */
const LASTING = 10_000

async function killPunchline({ site: { punchline }, chance }: Scene): Promise<void> {
  await punchline.end()
  await downtime(chance)
  punchline.start()
}

async function killAsterisk({ site: { pbx }, crowd }: Scene): Promise<void> {
  await withoutPbx(crowd, pbx, () => pbx.crash())
}

async function killBoth({ site: { pbx, punchline }, crowd, chance }: Scene): Promise<void> {
  // In either order, and at about the same time.
  const asteriskIsBack = sleep(between(chance, 0, 100)).then(() => withoutPbx(crowd, pbx, () => pbx.crash()))
  await sleep(between(chance, 0, 100))
  await punchline.end()
  await downtime(chance)
  punchline.start()
  await asteriskIsBack
}

/** Of Punchline's machine. The disk first: nothing that comes after may be of use to it. */
async function cutPower({ site: { punchline, disk }, chance }: Scene): Promise<void> {
  disk.losePower()
  await punchline.end()
  disk.unmount()
  await downtime(chance)
  disk.mount()
  punchline.start()
}

async function fillDisk({ site: { disk } }: Scene): Promise<void> {
  disk.fill()
  await sleep(LASTING)
  disk.makeRoom()
}

/** Until IT puts in another one, and starts Punchline anew. */
async function turnDiskReadOnly({ site: { punchline, disk } }: Scene): Promise<void> {
  disk.turnReadOnly()
  await sleep(LASTING)
  await punchline.end('SIGTERM')
  disk.unmount()
  disk.mount()
  punchline.start()
}

/** By somebody who looks into it with another program. */
async function lockDatabase({ site: { dataDirectory } }: Scene): Promise<void> {
  const other = new SQLite(databaseIn(dataDirectory), { timeout: LASTING })
  other.exec('begin immediate')
  await sleep(LASTING)
  other.exec('rollback')
  other.close()
}

/** While Punchline is stopped; it refuses to start, until IT brings the file back. */
async function damageDatabase({ site: { punchline, dataDirectory }, crowd }: Scene): Promise<void> {
  const file = databaseIn(dataDirectory)
  const copy = `${file}.copy`
  await punchline.end('SIGTERM')
  copyFileSync(file, copy)
  overwriteMiddle(file)
  punchline.start()
  const exitCode = await punchline.ended()
  if (exitCode === 0) crowd.complain('Punchline did not refuse a damaged database')
  copyFileSync(copy, file)
  punchline.start()
}

async function restartPunchline({ site: { punchline }, crowd }: Scene): Promise<void> {
  const exitCode = await punchline.end('SIGTERM')
  if (exitCode !== 0) crowd.complain(`Punchline ended with ${exitCode} when it was stopped`)
  punchline.start()
}

async function restartAsterisk({ site: { pbx }, crowd }: Scene): Promise<void> {
  await withoutPbx(crowd, pbx, () => pbx.shutDown())
}

async function freezePunchline({ site: { punchline }, chance }: Scene): Promise<void> {
  await freezeFor(punchline.pid, between(chance, 2_000, 8_000))
}

/** When it thaws, what it was sent meanwhile comes all at once: who is speaking then is not heard. */
async function freezeAsterisk({ site: { pbx }, crowd, chance }: Scene): Promise<void> {
  await freezeFor(pbx.pid, between(chance, 2_000, 8_000))
  crowd.expectNoVoices()
}

/** Between Punchline and Asterisk: what each sends goes nowhere, and neither is told. */
async function pullCable({ site: { wire } }: Scene): Promise<void> {
  wire.swallow()
}

/** While setup links wait to be sent: they come once it is back, each once. */
async function loseMailServer({ site: { mailServer, dataDirectory }, crowd }: Scene): Promise<void> {
  const before = mailServer.mails.length
  await mailServer.goDown()
  const addresses = await queueSetupLinks(dataDirectory, 5)
  await sleep(LASTING)
  await mailServer.comeUp()
  const sent = () => mailServer.mails.slice(before).map(({ to }) => to)
  await until('the setup links are sent', () => sent().length >= addresses.length, 2 * MINUTE).catch(error =>
    crowd.complain(error.message),
  )
  const often = sent().filter((to, i, all) => all.indexOf(to) !== i)
  for (const address of often) crowd.complain(`${address} got its setup link twice`)
}

/** Ends the PBX and starts it again. */
async function withoutPbx(crowd: Crowd, pbx: Pbx, end: () => Promise<void>): Promise<void> {
  crowd.isPbxDown = true
  await end()
  crowd.cut()
  crowd.isPbxDown = false
  await pbx.start()
}

async function freezeFor(pid: number | null, milliseconds: number): Promise<void> {
  const thaw = await freeze(pid)
  await sleep(milliseconds)
  thaw()
}

/** How long a supervisor takes to notice. */
async function downtime(chance: Chance): Promise<void> {
  await sleep(between(chance, 0, 2_000))
}

function databaseIn(dataDirectory: string): string {
  return join(dataDirectory, 'punchline.db')
}

function overwriteMiddle(file: string): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(64 * 1024, 0x5a), 0, 64 * 1024, statSync(file).size >> 1)
  closeSync(handle)
}
