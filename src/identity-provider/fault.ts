/** Why somebody could not sign in through the provider. */

/** What the log is told: never a token, a code, a secret or a name. */
export type FaultDetail = Readonly<Record<string, string | number>>

/** The message is the sentence that the user reads. */
export class ProviderFault extends Error {
  /** Of the response: 401 and 403 are about who asked, 502 and 503 about the provider. */
  readonly status: 401 | 403 | 502 | 503
  readonly detail: FaultDetail

  constructor(status: ProviderFault['status'], sentence: string, detail: FaultDetail) {
    super(sentence)
    this.status = status
    this.detail = detail
  }
}

export const BEGIN_AGAIN =
  'This sign-in was begun in another browser, took more than ten minutes, or has been used already. Begin it again.'
