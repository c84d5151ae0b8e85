/** How a part of Punchline is, in words that an admin can act on. */

export type Verdict = 'ok' | 'attention' | 'wrong'

export interface Finding {
  readonly verdict: Verdict
  readonly finding: string
  /** What to do; null where nothing is to be done. */
  readonly remedy: string | null
  /** What to type, to be copied. */
  readonly command?: string
}

export const ok = (finding: string): Finding => ({ verdict: 'ok', finding, remedy: null })
export const attention = (finding: string, remedy: string, command?: string): Finding => ({
  verdict: 'attention',
  finding,
  remedy,
  ...(command !== undefined && { command }),
})
export const wrong = (finding: string, remedy: string, command?: string): Finding => ({
  ...attention(finding, remedy, command),
  verdict: 'wrong',
})
