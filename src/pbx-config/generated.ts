/** Files in punchline-site/ that pbx-config writes. Each carries the digest of its content: one that somebody changed is theirs. */
import { createHash } from 'node:crypto'

const BEGINNING = `; Written by "punchline pbx-config", which writes it anew when it is given other answers.
; What you change here by hand stays: pbx-config then leaves this file alone.
; `

export function generated(body: string): string {
  return `${BEGINNING}${digest(body)}\n\n${body}`
}

/** Whether pbx-config may write it anew: nobody has changed what it wrote. */
export function isUntouched(text: string): boolean {
  if (!text.startsWith(BEGINNING)) return false
  const [written, ...rest] = text.slice(BEGINNING.length).split('\n\n')
  return written === digest(rest.join('\n\n'))
}

function digest(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16)
}
