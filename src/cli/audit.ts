/** What came of verifying the audit, as a sentence. */
import type { ChainVerdict } from '../store/audit-chain.js'

export function chainText(verdict: ChainVerdict): string {
  switch (verdict.kind) {
    case 'whole':
      return `All ${verdict.events} events are as they were written. The latest has the hash ${verdict.latestHash || 'of none'}: kept elsewhere, it proves later that nothing up to now was changed (--includes).`
    case 'broken':
      return `Event ${verdict.id} of ${new Date(verdict.at).toISOString()} does not follow from the one before it: it was changed, or one before it was taken out.`
    case 'cut off':
      return `The latest events are gone: only ${verdict.events} are left of what was written.`
    case 'not included':
      return `The event with this hash is not among the ${verdict.events} that are there: the audit was written anew.`
  }
}
