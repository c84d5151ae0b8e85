import { expect, it } from 'vitest'
import { telephoneUrl } from '../../src/web/setup-links/telephone-url.js'

it.each([
  ['+1 555 0100', 'tel:+15550100'],
  ['(555) 010-0199', 'tel:5550100199'],
  ['555.0100', 'tel:5550100'],
  ['+44 (0)20 7946 0000', 'tel:+442079460000'],
])('a tap on %s dials %s', (shown, url) => {
  expect(telephoneUrl(shown)).toBe(url)
})
