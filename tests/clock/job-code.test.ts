import { expect, it } from 'vitest'
import { jobCodeFault } from '../../src/clock/job-code.js'

it.each(['1', '12', '00120034'])('accepts %s', code => expect(jobCodeFault(code)).toBeNull())

it.each(['', '123456789', '1a', '1 2', '#'])('refuses "%s" with a sentence', code => {
  expect(jobCodeFault(code)).toBe('A phone code has 1 to 8 digits and nothing else.')
})
