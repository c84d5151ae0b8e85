import { describe, expect, it } from 'vitest'
import { passwordFault } from '../../src/store/password-rules.js'

const fault = (password: string) => passwordFault(password, 'ann.smith@roofing-acme.com')

describe('a password that guessing programs try early is refused', () => {
  it.each([
    'password1234',
    'passwordpassword',
    'qwertyuiop123',
    '123456789012',
    'iloveyou1234',
    'aaaaaaaaaaaa',
    'abcdefghijkl',
    'P@ssw0rd1234',
  ])('%s', async password => {
    expect(await fault(password)).toContain('one of the first that would be guessed')
  })

  it.each(['ann.smith@roofing-acme.com', 'annsmithannsmith', 'Punchline2026!', 'roofing-acme1', 'timeclock2026'])(
    'made of the product’s and the account’s words: %s',
    async password => {
      expect(await fault(password)).not.toBeNull()
    },
  )
})

describe('a password may be', () => {
  it.each([
    ['words with spaces', 'a long enough password'],
    ['letters alone', 'kfjqzkzmqwbv'],
    ['digits alone', '406172913058837'],
    ['of any script', 'длинный пароль тут'],
    ['of 64 characters and more', 'correct horse battery staple '.repeat(20)],
  ])('%s', async (_, password) => {
    expect(await fault(password)).toBeNull()
  })
})

it('a short password is refused with its length', async () => {
  expect(await fault('kfj39fkz01')).toBe('A password has at least 12 characters; this one has 10.')
})
