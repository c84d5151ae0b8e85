/** The templates escape what they show, and bring nothing that the content security policy would have to allow. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Templates whose text nobody interprets, so that nothing in it is to be escaped. */
const PLAIN_TEXT = new Map([
  ['emails/setup-link.txt.ejs', 'a mail in plain text'],
  ['emails/alarm.txt.ejs', 'a mail in plain text'],
])

/** What else is put in as it is: the tag, and why it may be. */
const ALLOWED = new Map([
  [/^<%- include\(list, \{/, 'partials/board.ejs: one of its own two ways to list people, named in the template'],
])

const templates = readdirSync('views', { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ejs'))
  .map(name => ({ name, text: readFileSync(join('views', name), 'utf8') }))

/** Tags that put something into the page as it is, but for parts of pages by their fixed names. */
function unescaped(text: string): string[] {
  const tags = text.match(/<%-[\s\S]*?%>/g) ?? []
  const isPart = (tag: string) => /^<%-\s*include\('[\w./-]+'(?:, (?:\w+|\{[\s\S]*\}))?\)\s*%>$/.test(tag)
  return tags.filter(tag => !isPart(tag) && ![...ALLOWED.keys()].some(allowed => allowed.test(tag)))
}

it('all templates are looked at', () => {
  expect(templates.length).toBeGreaterThan(60)
})

describe.each(templates.filter(({ name }) => !PLAIN_TEXT.has(name)))('$name', ({ text }) => {
  it('puts nothing into the page unescaped', () => {
    expect(unescaped(text)).toEqual([])
  })

  it('has no script of its own, no handler and no address that is a script', () => {
    const scripts = text.match(/<script\b[^>]*>/g) ?? []
    expect(scripts.filter(tag => !/^<script type="module" src="\/assets\/[\w-]+\.js">$/.test(tag))).toEqual([])
    expect(text).not.toMatch(/\son\w+\s*=/i)
    expect(text).not.toMatch(/javascript:/i)
  })

  it('quotes every attribute that shows a value', () => {
    expect(text.match(/\s[\w-]+=<%/g)).toBeNull()
  })

  it('loads nothing from elsewhere', () => {
    expect(
      text.match(/<(?:script|link|img|audio|iframe|object|embed)\b[^>]*\b(?:src|href)="(?:https?:)?\/\/[^"]*"/gi),
    ).toBeNull()
  })
})

// Mail programs know no style sheets.
describe.each(templates.filter(({ name }) => !name.startsWith('emails/')))('$name', ({ text }) => {
  it('has no style of its own', () => {
    expect(text).not.toMatch(/\sstyle\s*=/i)
    expect(text).not.toMatch(/<style\b/i)
  })
})

it.each([...PLAIN_TEXT])('%s is on the list as %s', name => {
  expect(templates.map(template => template.name)).toContain(name)
})

it('a tag that escapes nothing would be found', () => {
  expect(unescaped('<p><%- name %></p>')).toEqual(['<%- name %>'])
  expect(unescaped("<%- include(name) %> <%- include('../partials/head') %>")).toEqual(['<%- include(name) %>'])
})
