/** How a part of Punchline is, in words that an admin can act on. */

export type Verdict = 'ok' | 'attention' | 'wrong'

export interface Finding {
  readonly verdict: Verdict
  readonly finding: string
  /** What to do; null where nothing is to be done. */
  readonly remedy: string | null
}

export const ok = (finding: string): Finding => ({ verdict: 'ok', finding, remedy: null })
export const attention = (finding: string, remedy: string): Finding => ({ verdict: 'attention', finding, remedy })
export const wrong = (finding: string, remedy: string): Finding => ({ verdict: 'wrong', finding, remedy })
