import type { Migration } from 'kysely'
import { initial } from './0001-initial.js'
import { rollout } from './0002-rollout.js'
import { dayToDay } from './0003-day-to-day.js'
import { guessing } from './0004-guessing.js'
import { accounts } from './0005-accounts.js'
import { callers } from './0006-callers.js'
import { auditChain } from './0007-audit-chain.js'
import { keptCalls } from './0008-kept-calls.js'
import { identityProvider } from './0009-identity-provider.js'
import { gettingStarted } from './0010-getting-started.js'

/** All migrations by name, in the names' order. One that was released is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-rollout': rollout,
  '0003-day-to-day': dayToDay,
  '0004-guessing': guessing,
  '0005-accounts': accounts,
  '0006-callers': callers,
  '0007-audit-chain': auditChain,
  '0008-kept-calls': keptCalls,
  '0009-identity-provider': identityProvider,
  '0010-getting-started': gettingStarted,
}
