/** Asterisk's files, read as Asterisk reads them. */
import { expect, it } from 'vitest'
import { allValues, type ConfFile, lastValue, readSections } from '../../src/pbx-config/conf.js'

/** Reads main.conf of these files; a pattern finds those that it names up to its `*`. */
function read(files: Readonly<Record<string, string>>) {
  const like = (pattern: string): ConfFile[] =>
    Object.entries(files)
      .filter(
        ([name]) => name === pattern || (pattern.includes('*') && name.startsWith(pattern.split('*', 1)[0] ?? '')),
      )
      .map(([name, text]) => ({ name, text }))
  return readSections('main.conf', like)
}

it('comments say nothing, whatever is in them, and an escaped semicolon is none', () => {
  const [only] = read({
    'main.conf': '; [no]\n;-- [no]\nx = 1 --;\n[a] ; said\nb = 1 ; [no]\nc => 2;3\nd = x\\;y\n;#include other.conf\n',
    'other.conf': '[no]\n',
  })
  expect(only).toMatchObject({
    name: 'a',
    settings: [
      { name: 'b', value: '1' },
      { name: 'c', value: '2' },
      { name: 'd', value: 'x;y' },
    ],
  })
})

it('what a template has, its sections have, and their own counts more', () => {
  const [one] = read({ 'main.conf': '[t](!)\ntype = identify\nmatch = 1\n[one](t)\ntype = auth\n' })
  expect(one && [lastValue(one, 'type'), allValues(one, 'match')]).toEqual(['auth', ['1']])
})

it('a section can be added to later', () => {
  const [a, ...others] = read({ 'main.conf': '[a]\nb = 1\n[a](+)\nb = 2\n' })
  expect(a && allValues(a, 'b')).toEqual(['1', '2'])
  expect(others).toEqual([])
})

it('includes are followed, in each form, and not in circles', () => {
  const sections = read({
    'main.conf': '[a]\n#include "one.conf"\n#tryinclude <two.conf>\n#include d/*.conf\n#include gone.conf\n',
    'one.conf': 'x = 1\n[one]\n',
    'two.conf': '[two]\n#include main.conf\n',
    'd/three.conf': '[three]\ny = 3\n',
  })
  expect(sections.map(({ name }) => name)).toEqual(['a', 'one', 'two', 'three'])
  expect(sections[0]?.settings).toEqual([{ name: 'x', value: '1', file: 'one.conf' }])
})
