import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addEmployee, deactivateEmployee } from '../../src/store/employees.js'
import { addJob } from '../../src/store/jobs.js'
import { type Office, openOffice } from '../web/support/office.js'
import { violations } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { useBrowser } from './support/browser.js'

const openPage = useBrowser()
let office: Office
let page: Page

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
  await fill(office)
})

afterEach(() => office.close())

/** Signs in and opens a page. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<void> {
  page = await openPage(options)
  await signIn(page, office.url)
  await page.goto(office.url + path)
}

const FILE = {
  name: 'staff.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(
    'Name;E-mail;Payroll number\nAnn Baker;ann@example.org;1\nDora Ellis;dora@example.com;4\nEve;?;5\n',
  ),
}
const names = async () => {
  const rows = await office.db.selectFrom('employees').select('name').orderBy('id').execute()
  return rows.map(({ name }) => name)
}

it('an employee is added and changed with the keyboard alone', async () => {
  await open('/employees')
  await page.getByRole('link', { name: 'Add an employee' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Add an employee' }).waitFor()
  await page.getByLabel('Name').focus()
  for (const text of ['Dora Ellis', 'dora@example.com', '4', 'Roofer']) {
    await page.keyboard.type(text)
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await page.getByText('Dora Ellis is added.').waitFor()
  await page.getByLabel('Payroll number').fill('7')
  await page.keyboard.press('Enter')
  await page.getByText('Dora Ellis is changed.').waitFor()
  expect(await page.getByLabel('Payroll number').inputValue()).toBe('7')
})

it('deactivating asks once', async () => {
  await open('/employees/1')
  expect(await page.getByRole('button', { name: 'Yes, deactivate' }).isVisible()).toBe(false)
  await page.locator('summary', { hasText: 'Deactivate' }).click()
  await page.getByRole('button', { name: 'Yes, deactivate' }).click()
  await page.getByText('is no longer active').waitFor()
  await page.getByRole('button', { name: 'Reactivate' }).click()
  await page.getByText('is active again').waitFor()
})

it.each([true, false])('a file is chosen, looked at and imported, with JavaScript: %s', async javaScriptEnabled => {
  await open('/employees/import', { javaScriptEnabled })
  await page.getByLabel('CSV file').setInputFiles(FILE)
  await page.getByRole('button', { name: 'Show what it would do' }).click()
  await page.getByText('“?” is not an e-mail address.').waitFor()
  await page.getByRole('link', { name: 'Changed 1' }).click()
  await page.getByText('e-mail address: ann@example.com → ann@example.org').waitFor()
  await page.getByRole('button', { name: 'Import 2 good rows, leave out 1' }).click()
  await page.getByText('The import is done: 1 added, 1 changed. 1 refused row was left out.').waitFor()
  expect(await names()).toContain('Dora Ellis')
})

it('a file can be dropped on the field', async () => {
  await open('/employees/import')
  const path = join(mkdtempSync(join(tmpdir(), 'punchline-test-')), FILE.name)
  writeFileSync(path, FILE.buffer)
  const field = await page.getByLabel('CSV file').boundingBox()
  const devTools = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devTools.send('Input.dispatchDragEvent', {
      type,
      x: (field?.x ?? 0) + 10,
      y: (field?.y ?? 0) + 10,
      data: { items: [], files: [path], dragOperationsMask: 1 },
    })
  }
  await page.getByRole('button', { name: 'Show what it would do' }).click()
  await page.getByRole('link', { name: 'New 1' }).waitFor()
})

it('a double click on Import imports once', async () => {
  await open('/jobs/import')
  await page.getByLabel('CSV file').setInputFiles({ ...FILE, buffer: Buffer.from('Name,Phone code\nYard,34\n') })
  await page.getByRole('button', { name: 'Show what it would do' }).click()
  await page.getByRole('button', { name: 'Import 1 row' }).dblclick()
  await page.getByText('The import is done: 1 added, 0 changed.').waitFor()
  expect(await office.db.selectFrom('jobs').select('name').execute()).toHaveLength(3)
})

it('a job is added, changed and deactivated', async () => {
  await open('/jobs')
  await page.getByRole('link', { name: 'Add a job' }).click()
  await page.getByLabel('Name').fill('Yard')
  await page.getByLabel('Phone code').fill('12')
  await page.getByRole('button', { name: 'Add the job' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Phone code').fill('34')
  await page.getByRole('button', { name: 'Add the job' }).click()
  await page.getByText('Yard is added.').waitFor()
  await page.getByRole('link', { name: 'Edit Yard' }).click()
  await page.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByText('Yard can’t be chosen any more.').waitFor()
})

it.each([
  ['light', 1600],
  ['dark', 768],
  ['light', 360],
] as const)(
  'the pages meet WCAG 2.2 AA as far as axe can tell and fit the screen, %s at %i pixels',
  async (colorScheme, width) => {
    await open('/employees/import', { colorScheme, viewport: { width, height: 800 } })
    await page.getByLabel('CSV file').setInputFiles(FILE)
    await page.getByRole('button', { name: 'Show what it would do' }).click()
    await page.getByRole('table').waitFor()
    await fits('preview')
    for (const path of ['/employees', '/employees?which=all', '/employees/1', '/employees/new', '/employees/import']) {
      await page.goto(office.url + path)
      await fits(path)
    }
    for (const path of ['/jobs', '/jobs/1', '/jobs/new']) {
      await page.goto(office.url + path)
      await fits(path)
    }

    async function fits(what: string): Promise<void> {
      await page.evaluate('document.querySelectorAll("details").forEach(each => { each.open = true })')
      expect([what, await violations(page)]).toEqual([what, []])
      expect([what, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([what, width])
      if (process.env.SCREENSHOTS) {
        const name = `${what.replaceAll(/\W+/g, '-')}-${colorScheme}-${width}.png`
        await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}`, fullPage: true })
      }
    }
  },
)

async function fill({ db }: Office): Promise<void> {
  const note = 'Has a forklift licence. Prefers the early shift, and may not work on ladders until the new year.'
  await addEmployee(db, { name: 'Ann Baker', email: 'ann@example.com', payrollNumber: '1', note }, 'office@example.com')
  const name = 'Cleo Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff'
  await addEmployee(
    db,
    { name, email: 'cleo.featherstonehaugh-wolfeschlegelsteinhausenbergerdorff@example.com' },
    'test',
  )
  const ben = await addEmployee(db, { name: 'Ben', email: null }, 'test')
  await deactivateEmployee(db, ben, 'test')
  await addJob(db, { name: 'Roof', phoneCode: '12' }, 'test')
  await addJob(db, { name: 'Wolfeschlegelsteinhausenbergerdorff warehouse, second floor', phoneCode: null }, 'test')
}
