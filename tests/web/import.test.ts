import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { addEmployee, changeEmployee, deactivateEmployee } from '../../src/store/employees.js'
import { addJob } from '../../src/store/jobs.js'
import { setPin } from '../../src/store/pins.js'
import { EMAIL, type Office, openOffice } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

type Kind = 'employees' | 'jobs'

/** Chooses a file; gives the answer. */
function choose(kind: Kind, file: string | Uint8Array<ArrayBuffer>, visitor = admin): Promise<Response> {
  const form = new FormData()
  form.append('file', new Blob([file]), 'Löhne.csv')
  return visitor.post(`/${kind}/import`, form)
}

/** Chooses a file that can be read; gives the address of its preview. */
async function upload(kind: Kind, file: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const response = await choose(kind, file)
  expect(response.status).toBe(303)
  return response.headers.get('location') ?? ''
}

/** What the preview's form tells the press by which rows were seen. */
async function seenAt(path: string): Promise<URLSearchParams> {
  const digest = /name="digest" value="(\w+)"/.exec(await (await admin.get(path)).text())?.[1] ?? ''
  return new URLSearchParams({ digest })
}

async function press(path: string): Promise<Response> {
  return admin.post(path, await seenAt(path))
}

/** Chooses a file and presses *Import*; gives what the page says then. */
async function importFile(kind: Kind, file: string): Promise<string> {
  const response = await press(await upload(kind, file))
  expect(response.status).toBe(303)
  return page(`/${kind}`)
}

const page = async (path: string) => words(await admin.get(path))
const employees = () =>
  office.db
    .selectFrom('employees')
    .select(['name', 'email', 'payroll_number as payrollNumber', 'note', 'active'])
    .orderBy('id')
    .execute()
const jobs = () => office.db.selectFrom('jobs').select(['name', 'phone_code as code', 'active']).orderBy('id').execute()
const addAnn = (changes: { payrollNumber?: string; email?: string } = {}) =>
  addEmployee(office.db, { name: 'Ann Baker', email: 'ann@example.com', payrollNumber: 'P-1', ...changes }, 'test')

describe('the preview of employees', () => {
  it('shows each row’s fate and changes nothing', async () => {
    await addAnn()
    await addEmployee(office.db, { name: 'Ben Carter', email: null, payrollNumber: 'P-2' }, 'test')
    const path = await upload(
      'employees',
      'PAYROLL NUMBER;name;E-Mail;Shoe size\nP-1;Ann Baker;ann@example.com;40\nP-2;Ben Carter;ben@example.com;44\nP-3;Cleo Dunn;;38\nP-4;;;\n',
    )
    const said = await page(path)
    expect(said).toContain('Löhne.csv')
    expect(said).toContain('Columns that mean nothing here, and are left out: Shoe size.')
    expect(said).toContain('Import 2 good rows, leave out 1')
    expect(said).toContain('Refused 1 New 1 Changed 1 Unchanged 1')
    expect(said).toMatch(/5 no name Refused\. An employee needs a name\./)
    expect(await page(`${path}?show=new`)).toMatch(/4 Cleo Dunn add/)
    expect(await page(`${path}?show=changed`)).toMatch(/3 Ben Carter e-mail address: none → ben@example.com/)
    expect(await page(`${path}?show=unchanged`)).toMatch(/2 Ann Baker nothing: it is so already/)
    expect(await employees()).toHaveLength(2)
  })

  it.each([
    ['its payroll number', 'Name,Payroll number\nAnn Carter,P-1', 'name: Ann Baker → Ann Carter'],
    ['else its address', 'Name,E-mail\nAnn Carter,ANN@example.com', 'name: Ann Baker → Ann Carter'],
    ['else its name', 'Name,Note\nann baker,Roofer', 'note: none → Roofer'],
    [
      'its name, though the address is new',
      'Name,E-mail,Payroll number\nAnn Baker,ann@example.org,P-1',
      'ann@example.org',
    ],
  ])('a row means the employee of %s', async (_, file, change) => {
    await addAnn()
    const said = await page(await upload('employees', file))
    expect(said).toContain('Changed 1')
    expect(said).toContain(change)
  })

  it.each([
    ['one number twice in the file', 'Name,Payroll number\nAnn,7\nBen,7', ['row 3 too', 'row 2 too']],
    ['one address twice in the file', 'Name,E-mail\nAnn,a@x.com\nBen,A@X.com', ['row 3 too', 'row 2 too']],
    [
      'the number of somebody who is not in the file, under another address',
      'Name,E-mail,Payroll number\nBen,ann@example.com,P-9',
      ['is that of Ann Baker, whose payroll number is P-1'],
    ],
    [
      'one employee twice',
      'Name,Payroll number\nAnn,P-1\nAnna,P-1',
      ['Row 3 means the same employee', 'Row 2 means the same employee'],
    ],
    ['no address where one should be', 'Name,E-mail\nBen,at home', ['“at home” is not an e-mail address.']],
    ['neither yes nor no', 'Name,Active\nBen,perhaps', ['Active is “perhaps”; write yes or no.']],
    ['too many cells', 'Name,Note\nBen,likes,commas', ['It has 3 cells where the headings have 2.']],
    ['too few cells', 'Name,Note,Active\nBen,x', ['It has 2 cells where the headings have 3.']],
  ])('a row is refused for %s', async (_, file, reasons) => {
    await addAnn()
    const said = await page(await upload('employees', file))
    for (const reason of reasons) expect(said).toContain(reason)
    expect(said).toContain(`Refused ${reasons.length}`)
    expect(said).toContain('There is nothing to import')
  })

  it('a line break in a name is a space', async () => {
    await importFile('employees', 'Name\n"Ann\nBaker"\n')
    expect(await employees()).toMatchObject([{ name: 'Ann Baker' }])
  })

  it('a name that several have needs a number or an address', async () => {
    await addAnn()
    await addAnn({ payrollNumber: 'P-2', email: 'ann2@example.com' })
    expect(await page(await upload('employees', 'Name,Note\nAnn Baker,Roofer'))).toContain(
      'Several employees are called Ann Baker. Give the payroll number or the e-mail address of the one you mean.',
    )
  })
})

describe('one press', () => {
  it('applies every good row, and each is in the history', async () => {
    await addAnn()
    const said = await importFile(
      'employees',
      'Name,E-mail,Payroll number\nAnn Baker,ann@example.org,P-1\nBen,,P-2\n,,\nCleo,?,P-3\n',
    )
    expect(said).toContain('The import is done: 1 added, 1 changed. 1 refused row was left out.')
    expect(await employees()).toEqual([
      { name: 'Ann Baker', email: 'ann@example.org', payrollNumber: 'P-1', note: null, active: 1 },
      { name: 'Ben', email: null, payrollNumber: 'P-2', note: null, active: 1 },
    ])
    const events = await office.db
      .selectFrom('audit_events')
      .select(['actor', 'action', 'detail'])
      .orderBy('id')
      .execute()
    expect(events.slice(-2)).toEqual([
      { actor: EMAIL, action: 'employee changed', detail: 'e-mail address' },
      { actor: EMAIL, action: 'employee added', detail: null },
    ])
  })

  it('leaves alone what the file has no column for, and empties what an empty cell is about', async () => {
    await addEmployee(
      office.db,
      { name: 'Ann', email: 'ann@example.com', payrollNumber: 'P-1', note: 'Roofer' },
      'test',
    )
    await importFile('employees', 'Name,Payroll number,Note\nAnn,P-1,\n')
    expect(await employees()).toEqual([
      { name: 'Ann', email: 'ann@example.com', payrollNumber: 'P-1', note: null, active: 1 },
    ])
  })

  it('deactivates, which ends the PIN, and takes back', async () => {
    const ann = await addAnn()
    const ben = await office.hire('Ben')
    await setPin(office.db, office.pinKey, { employeeId: ann, pin: '2468', actor: 'test' })
    await deactivateEmployee(office.db, ben, 'test')
    await importFile('employees', 'Name,Active\nAnn Baker,no\nBen,yes\n')
    expect((await employees()).map(({ name, active }) => [name, active])).toEqual([
      ['Ann Baker', 0],
      ['Ben', 1],
    ])
    expect(await office.db.selectFrom('pins').selectAll().execute()).toEqual([])
  })

  it('pressed twice imports once', async () => {
    const path = await upload('employees', 'Name\nAnn\nBen\n')
    const answers = await Promise.all([press(path), press(path)])
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    expect(await employees()).toHaveLength(2)
    await press(path)
    expect(await employees()).toHaveLength(2)
    expect((await admin.get(path)).status).toBe(410)
  })

  it('does nothing when something has changed since the preview, and shows what the file would do now', async () => {
    const path = await upload('employees', 'Name,Payroll number\nAnn,P-1\nBen,P-2\n')
    const seen = await seenAt(path)
    await addAnn()
    const response = await admin.post(path, seen)
    expect(response.status).toBe(409)
    const said = await words(response)
    expect(said).toContain('Nothing was imported: something has changed since the preview.')
    expect(said).toContain('New 1 Changed 1')
    expect(await employees()).toHaveLength(1)
    expect((await press(path)).status).toBe(303)
    expect((await employees()).map(({ name }) => name)).toEqual(['Ann', 'Ben'])
  })

  it('leaves everything as it was when a row fails while all are applied', async () => {
    await office.db.schema.createIndex('fails').on('employees').column('note').unique().execute()
    const path = await upload('employees', 'Name,Note\nAnn,same\nBen,same\n')
    expect((await press(path)).status).toBe(500)
    expect(await employees()).toEqual([])
    expect(await page(path)).toContain('New 2')
  })

  it('overwrites no change unseen that comes while the press is worked on', async () => {
    const ann = await addAnn()
    const rows = Array.from({ length: 3000 }, (_, i) => `Employee ${i},N${i}\n`).join('')
    const path = await upload('employees', `Name,Payroll number\nAnn Smith,P-1\n${rows}`)
    const details = { name: 'Ann Jones', email: 'ann@example.com', payrollNumber: 'P-1', note: null }
    const seen = await seenAt(path)
    const [response, outcome] = await Promise.all([
      admin.post(path, seen),
      changeEmployee(office.db, ann, 1, details, 'test'),
    ])
    const name = (await employees())[0]?.name
    if (outcome === 'changed') expect([response.status, name]).toEqual([409, 'Ann Jones'])
    else expect([response.status, outcome, name]).toEqual([303, 'stale', 'Ann Smith'])
  })

  it('lets two employees exchange their addresses', async () => {
    await addAnn()
    await addEmployee(office.db, { name: 'Ben', email: 'ben@example.com', payrollNumber: 'P-2' }, 'test')
    const file = 'Name,E-mail,Payroll number\nAnn Baker,ben@example.com,P-1\nBen,ann@example.com,P-2\n'
    expect(await importFile('employees', file)).toContain('0 added, 2 changed')
    expect((await employees()).map(({ email }) => email)).toEqual(['ben@example.com', 'ann@example.com'])
  })

  it('is for the admin alone who chose the file', async () => {
    const path = await upload('employees', 'Name\nAnn\n')
    await addAdmin(office.db, { email: 'other@example.com', password: 'correct horse battery', role: 'owner' }, 'test')
    const other = new Visitor(office)
    await other.signIn('other@example.com')
    expect((await other.get(path)).status).toBe(410)
    expect((await admin.post(path, new URLSearchParams({ digest: 'x' }))).status).toBe(400)
    expect(await employees()).toEqual([])
  })
})

describe('jobs', () => {
  it('are added and changed by their names, and may exchange their codes', async () => {
    await addJob(office.db, { name: 'Roof', phoneCode: '12' }, 'test')
    await addJob(office.db, { name: 'Yard', phoneCode: '34' }, 'test')
    expect(
      await importFile('jobs', 'name\tphone code\tactive\nRoof\t34\tyes\nYARD\t12\tyes\nOffice\t\tno\n'),
    ).toContain('The import is done: 1 added, 2 changed.')
    expect(await jobs()).toEqual([
      { name: 'Roof', code: '34', active: 1 },
      { name: 'YARD', code: '12', active: 1 },
      { name: 'Office', code: null, active: 0 },
    ])
  })

  it.each([
    ['one code for two', 'Name,Phone code\nRoof,12\nYard,12', ['row 3 too', 'row 2 too']],
    ['the code of another', 'Name,Phone code\nRoof,99', ['The phone code 99 is that of Office too.']],
    ['one job twice', 'Name,Phone code\nRoof,12\nroof,13', ['Row 3 is about', 'Row 2 is about']],
    ['a code that is none', 'Name,Phone code\nRoof,123456789', ['1 to 8 digits']],
  ])('are refused for %s', async (_, file, reasons) => {
    await addJob(office.db, { name: 'Office', phoneCode: '99' }, 'test')
    const said = await page(await upload('jobs', file))
    for (const reason of reasons) expect(said).toContain(reason)
    expect(said).toContain(`Refused ${reasons.length}`)
  })

  it('of whom one is refused leave the code to the one that has it', async () => {
    await addJob(office.db, { name: 'Roof', phoneCode: '12' }, 'test')
    await addJob(office.db, { name: 'Yard', phoneCode: '34' }, 'test')
    const said = await page(await upload('jobs', 'Name,Phone code\nRoof,34\nYard,bad\nOffice,12\n'))
    expect(said).toContain('Refused 3')
    expect(said).toContain('The phone code 34 is that of Yard too.')
    expect(said).toContain('The phone code 12 is that of Roof too.')
  })
})

describe('an exported file', () => {
  it('has the columns that are imported, and comes back unchanged, formulas and all', async () => {
    for (const name of ['Ann, "Annie"', '=1+1', "'=quoted", '@home', 'Zoë Ångström', '-5', '+49']) {
      await addEmployee(office.db, { name, email: null, note: 'two\nlines' }, 'test')
    }
    await addAnn()
    // Told apart by nothing.
    for (let i = 0; i < 2; i++) await addEmployee(office.db, { name: 'John Smith', email: null }, 'test')
    const file = await (await admin.get('/employees/export.csv')).text()
    expect(file.split('\r\n')[0]).toBe('Name,E-mail,Payroll number,Note,Active')
    expect(file).toContain("'=1+1")
    expect(await page(await upload('employees', file))).toContain('Refused 0 New 0 Changed 0 Unchanged 10')
  })

  it('of jobs does so too', async () => {
    await addJob(office.db, { name: 'Roof', phoneCode: '007' }, 'test')
    await addJob(office.db, { name: '=Yard', phoneCode: null }, 'test')
    const file = await (await admin.get('/jobs/export.csv')).text()
    expect(await page(await upload('jobs', file))).toContain('Refused 0 New 0 Changed 0 Unchanged 2')
  })
})

describe('a file that can’t be imported', () => {
  it.each([
    ['is a spreadsheet renamed to .csv', 'PK\x03\x04…', 'This is a spreadsheet file, not CSV'],
    ['is empty', '', 'Choose a file that is not empty.'],
    ['lacks the names', 'E-mail\nann@example.com\n', 'The first row must name the columns, one of them name.'],
    ['has a column twice', 'Name,Note,note\nAnn,1,2\n', 'The column Note is there twice.'],
  ])('says so: it %s', async (_, file, sentence) => {
    const response = await choose('employees', file)
    expect(response.status).toBe(422)
    expect(await words(response)).toContain(sentence)
  })

  it('is asked for when none was chosen', async () => {
    expect(await words(await admin.post('/employees/import', new FormData()))).toContain('Choose a file')
  })

  it.each([
    ['that are no form', 'application/json', '{}'],
    [
      'of a form that is broken off',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nNa',
    ],
    ['without a boundary', 'multipart/form-data', 'Name'],
  ])('gives a page for bytes %s', async (_, type, body) => {
    const response = await admin.post('/employees/import', body, { 'content-type': type })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
  })

  it('is refused with 200 MB, without being kept', async () => {
    const before = process.memoryUsage().rss
    const megabyte = Buffer.alloc(1 << 20, 'Ann,1\n')
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        if (sent === 0) {
          controller.enqueue(
            Buffer.from('--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'),
          )
        }
        controller.enqueue(megabyte)
        if (++sent === 200) {
          controller.enqueue(Buffer.from('\r\n--x--\r\n'))
          controller.close()
        }
      },
    })
    const response = await fetch(`${office.url}/employees/import`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { cookie: admin.cookie ?? '', 'content-type': 'multipart/form-data; boundary=x' },
      redirect: 'manual',
    } as RequestInit)
    expect(response.status).toBe(413)
    expect(await words(response)).toContain('The file is larger than 20 MB, so it was not read.')
    expect((process.memoryUsage().rss - before) / (1 << 20)).toBeLessThan(150)
  })
})
