/** What a plan would change, for people to read: no password, nor its hash, is ever in it. */
import { dirname } from 'node:path'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import type { FileChange } from './plan.js'

const SECRET =
  /^(\s*(?:password|secret|md5_cred|md5secret|password_digest|refresh_token|oauth_secret|remotesecret)\s*=>?\s*)(\S.*)$/i
const HIDDEN = '(not shown)'
const ANOTHER = '(another, not shown)'

/** The changed texts as differences; what is a copy of a delivered file, or made at random, in a line. */
export function differences(changes: readonly FileChange[]): string {
  const isCopy = ({ kind, before }: FileChange) => kind === 'sound' || (kind === 'delivered' && before === null)
  const texts = changes.filter(change => change.kind !== 'password' && !isCopy(change))
  const passwords = changes.filter(({ kind }) => kind === 'password')
  return [
    ...texts.map(difference),
    ...copies(changes.filter(isCopy)),
    ...passwords.map(({ path }) => `${path} is made, with a random password for ARI.`),
  ].join('\n')
}

function copies(changes: readonly FileChange[]): string[] {
  const places = [...new Set(changes.map(({ path }) => dirname(path)))]
  return places.map(place => {
    const names = changes.map(({ path }) => path).filter(path => dirname(path) === place)
    return `${names.length} files are copied as they are delivered, to ${place}`
  })
}

function difference({ path, before, after }: FileChange): string {
  const { shownBefore, shownAfter } = withoutSecrets(before?.toString() ?? '', after.toString())
  return createTwoFilesPatch(before ? path : '/dev/null', path, shownBefore, shownAfter, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  })
}

/** One that changes still shows that it does. */
function withoutSecrets(before: string, after: string): { shownBefore: string; shownAfter: string } {
  const earlier = new Set(before.split('\n').flatMap(line => SECRET.exec(line)?.[2] ?? []))
  const shown = (text: string, hide: (secret: string) => string) =>
    text
      .split('\n')
      .map(line => line.replace(SECRET, (_, name: string, secret: string) => `${name}${hide(secret)}`))
      .join('\n')
  return {
    shownBefore: shown(before, () => HIDDEN),
    shownAfter: shown(after, secret => (before === '' || earlier.has(secret) ? HIDDEN : ANOTHER)),
  }
}
