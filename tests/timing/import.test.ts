/** That a large import leaves calls their turn. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, it, onTestFinished } from 'vitest'
import { openOffice } from '../web/support/office.js'
import { signedInAdmin, words } from '../web/support/visitor.js'

it('50,000 rows with 200 bad ones are imported, and calls have their turn meanwhile', async () => {
  const rows = Array.from({ length: 50_000 }, (_, i) =>
    i % 250 === 7 ? `Employee ${i},nowhere,P${i}` : `Employee ${i},e${i}@example.com,P${i}`,
  )
  const office = await openOffice()
  onTestFinished(() => office.close())
  const admin = await signedInAdmin(office)
  const page = async (path: string) => words(await admin.get(path))
  const form = new FormData()
  form.append('file', new Blob([['Name,E-mail,Payroll number', ...rows].join('\n')]), 'all.csv')
  const stall = monitorEventLoopDelay({ resolution: 1 })
  stall.enable()
  const path = (await admin.post('/employees/import', form)).headers.get('location') ?? ''
  const preview = await admin.get(path)
  const digest = /name="digest" value="(\w+)"/.exec(await preview.clone().text())?.[1] ?? ''
  const said = await words(preview)
  expect(said).toContain('Import 49,800 good rows, leave out 200')
  expect(said).toContain('“nowhere” is not an e-mail address.')
  await admin.post(path, new URLSearchParams({ digest }))
  stall.disable()
  expect(await page('/employees')).toContain(
    'The import is done: 49800 added, 0 changed. 200 refused rows were left out.',
  )
  expect(stall.max / 1e6).toBeLessThan(500)
})
