/** What is said to somebody whose setup link can't be used, and what they do next. */
import { LINK_LIFE } from '../../clock/setup-status.js'
import { DAY } from '../../clock/time.js'
import type { SetupLink } from '../../store/setup-links.js'

type Ending = Exclude<SetupLink['state'], 'active'> | 'unknown'

export function linkEnding(ending: Ending): { readonly title: string; readonly sentences: readonly string[] } {
  switch (ending) {
    case 'used':
      return {
        title: 'This link has been used',
        sentences: [
          'If you picked your PIN with it a moment ago, you are ready.',
          'If you do not know the PIN, or somebody else used the link, ask your office for a new link.',
        ],
      }
    case 'replaced':
      return {
        title: 'There is a newer link',
        sentences: [
          'Your office has emailed you another link, and this one has ended.',
          'Open the latest mail and use the link in it. If you can’t find it, ask your office for a new link.',
        ],
      }
    case 'PIN set':
      return {
        title: 'Your office has set your PIN',
        sentences: [
          'This link is no longer needed.',
          'If your office has not told you the PIN, ask for it, or for a new link to pick one yourself.',
        ],
      }
    case 'undelivered':
      return {
        title: 'This link does not work',
        sentences: [
          'The mail that it came with was reported as not delivered, so the link was ended.',
          'Ask your office for a new link, and check with them that they have your right e-mail address.',
        ],
      }
    case 'expired':
      return {
        title: 'This link has expired',
        sentences: [
          `A setup link works for ${LINK_LIFE / DAY} days. A PIN that you already have still works.`,
          'Ask your office for a new link.',
        ],
      }
    case 'unknown':
      return {
        title: 'This link is not known',
        sentences: [
          'Check that the link was copied whole, or press it in the mail itself.',
          'If it still does not work, ask your office for a new link.',
        ],
      }
  }
}
