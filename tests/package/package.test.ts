/** The Debian package, built from this source: installed, upgraded, rolled back and removed, on a scratch copy of this machine. */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/rig/free-port.js'
import { ScratchMachine } from './support/scratch-machine.js'

const DATA = '/var/lib/punchline/data'
const PACKAGE = '/punchline.deb'
const NEXT = '/next.deb'

let machine: ScratchMachine

beforeAll(async () => {
  execFileSync('scripts/package', { stdio: ['ignore', 'ignore', 'inherit'] })
  const [built] = readdirSync('build').filter(name => name.endsWith('.deb'))
  machine = await ScratchMachine.open()
  await machine.bring(join('build', built ?? ''), PACKAGE)
})

afterAll(() => machine.close())

/** What the files of a package are, by their paths. */
async function contents(): Promise<string[]> {
  const listing = await machine.does(`dpkg-deb --fsys-tarfile ${PACKAGE} | tar --list`)
  return listing.split('\n')
}

/** Whose a file is, and with which mode. */
const standing = (file: string) => machine.does(`stat --format='%U %a' ${file}`)

const installedVersion = () => machine.does("dpkg --status punchline | sed -n 's/^Version: //p'")

/** A later version of the same, which knows one more migration. */
const MAKE_NEXT = `
  rm -rf /next && dpkg-deb --raw-extract ${PACKAGE} /next
  sed -i 's/^Version: .*/Version: 99.0/' /next/DEBIAN/control
  cd /next/usr/lib/punchline/dist/store/migrations
  echo "export const next = { up: db => db.schema.createTable('next').addColumn('id', 'integer').execute() }" >9998-next.js
  sed -i "s/^export const migrations = {/import { next } from '.\\/9998-next.js'\\n&\\n  '9998-next': next,/" index.js
  dpkg-deb -Zgzip -z1 --build /next ${NEXT} && rm -rf /next`

describe('the package', () => {
  it('has what runs, and neither tools nor sources', async () => {
    const files = await contents()
    expect(files).toEqual(
      expect.arrayContaining([
        './lib/systemd/system/punchline.service',
        './etc/punchline/punchline.env',
        './usr/bin/punchline',
        './usr/lib/punchline/dist/cli.js',
        './usr/lib/punchline/views/pages/sign-in.ejs',
        './usr/lib/punchline/asterisk-config/sounds/en/welcome.wav',
        './usr/lib/punchline/node_modules/better-sqlite3/build/Release/better_sqlite3.node',
      ]),
    )
    const surplus =
      /node_modules\/(typescript|vitest|playwright-core|better-sqlite3\/deps)\/|punchline\/(src|tests|data|\.env)/
    expect(files.filter(name => surplus.test(name))).toEqual([])
  })

  it('wants the Node that it was built for', async () => {
    const [major] = process.versions.node.split('.').map(Number)
    const depends = await machine.does(`dpkg-deb --field ${PACKAGE} Depends`)
    expect(depends).toContain(`nodejs (<< ${(major ?? 0) + 1}~)`)
  })
})

describe('installed', () => {
  beforeAll(async () => {
    await machine.does(`apt-get install --yes ${PACKAGE}`)
  })

  it('it has a user of its own, and secrets that root alone can read', async () => {
    expect(await machine.does('getent passwd punchline')).toMatch(/:\/var\/lib\/punchline:.*nologin$/m)
    expect(await standing(DATA)).toBe('punchline 700\n')
    expect(await standing('/etc/punchline/credentials')).toBe('root 700\n')
    expect(await standing('/etc/punchline/credentials/ari-password')).toBe('root 600\n')
    expect(await machine.does('cat /etc/punchline/credentials/ari-password')).toMatch(/^[0-9a-f]{64}\n$/)
  })

  it('it starts at boot, by a unit that is flawless to systemd', async () => {
    expect(await machine.does('ls /etc/systemd/system/multi-user.target.wants')).toContain('punchline.service')
    const { out, err } = await machine.run('systemd-analyze verify /lib/systemd/system/punchline.service')
    expect(out + err).toBe('')
  })

  it('what root does with the command is the service’s to go on with', async () => {
    await machine.does("punchline employees add --name 'Ann Baker'")
    await machine.does(`echo 80527314 | punchline pin set 'Ann Baker'`)
    await machine.does('punchline backup')
    expect(await machine.does(`find ${DATA} -not -user punchline`)).toBe('')
  })

  it('the service’s user runs it, with nothing that root has', async () => {
    const asUser = 'setpriv --reuid=punchline --regid=punchline --clear-groups --no-new-privs --bounding-set=-all'
    const ours = `ARI_URL=http://127.0.0.1:1 ARI_PASSWORD_FILE=/ari-password HTTP_PORT=${await freePort()}`
    await machine.does('install -m 600 -o punchline /etc/punchline/credentials/ari-password /ari-password')
    const started = await machine.run(`${ours} timeout --preserve-status 5 ${asUser} punchline start`)
    expect(started).toMatchObject({ exit: 0, out: expect.stringContaining('Punchline is running') })
  })
})

describe('another version', () => {
  beforeAll(async () => {
    await machine.does(MAKE_NEXT)
  })

  it('takes over with one command, and the one before is kept for root alone', async () => {
    expect(await machine.does(`punchline upgrade ${NEXT}`)).toContain('To go back to 0.1.0: punchline roll-back')
    expect(await installedVersion()).toBe('99.0\n')
    expect(await standing('/var/lib/punchline/earlier-version')).toBe('root 700\n')
  })

  it('is left as it is while it is the newer one, or the same', async () => {
    expect(await machine.run(`punchline upgrade ${NEXT}`)).toMatchObject({
      exit: 1,
      err: '99.0 is installed already.\n',
    })
    expect((await machine.run(`punchline upgrade ${PACKAGE}`)).err).toBe(
      '0.1.0 is older than 99.0, which is installed. To go back: punchline roll-back\n',
    )
  })

  it('is not left for the one before while that would lose what came since, unless IT says so', async () => {
    await machine.does('punchline jobs add Roof')
    const { err, exit } = await machine.run('punchline roll-back')
    expect([err, exit]).toEqual([expect.stringContaining('0 calls, 0 punches, 1 changes by people'), 1])
    expect(await installedVersion()).toBe('99.0\n')
  })

  it('is left with one command: the version before has its database again, and the other is kept', async () => {
    const said = await machine.does('punchline roll-back --without-what-came-since')
    expect(said).toMatch(/0\.1\.0 is installed again in place of 99\.0\. The database .* is kept in /)
    expect(await installedVersion()).toBe('0.1.0\n')
    expect(await machine.does('punchline employees list')).toContain('Ann Baker')
    expect(await machine.does(`ls ${DATA}/rolled-back-*`)).toContain('punchline.db')
    expect(await machine.does(`find ${DATA} -not -user punchline`)).toBe('')
  })
})

describe('removed', () => {
  it('it leaves data, settings and secrets', async () => {
    await machine.does('apt-get remove --yes punchline')
    expect(await machine.run('ls /usr/lib/punchline /lib/systemd/system/punchline.service')).toMatchObject({ out: '' })
    await machine.does(`ls ${DATA}/punchline.db ${DATA}/pin.key /etc/punchline/punchline.env`)
    await machine.does('ls /etc/punchline/credentials/ari-password')
  })

  it('for good it still leaves the data, and says so', async () => {
    expect(await machine.does('apt-get purge --yes punchline')).toContain(`The data of Punchline stay in ${DATA}.`)
    await machine.does(`ls ${DATA}/punchline.db ${DATA}/pin.key`)
    expect((await machine.run('ls /etc/punchline')).exit).not.toBe(0)
  })
})
