/** How Punchline and what it depends on are, and what to do where something is wrong. */
import { Router } from 'express'
import type { Verdict } from '../status/finding.js'
import type { Report, Status } from '../status/status.js'
import { needsReader } from './accounts/sign-in.js'
import { liveStream } from './live.js'
import type { Site } from './site.js'
import { show } from './views.js'

export interface StatusView {
  readonly title: string
  readonly section: 'status'
  readonly report: ReportView
}

export interface ReportView {
  readonly summary: string
  readonly isWell: boolean
  readonly parts: readonly (Report['parts'][number] & { readonly verdictInWords: string })[]
  readonly versions: readonly (readonly [name: string, version: string])[]
}

/** No commit tells of a disk that fills up: it is looked at so often while somebody looks at the page, in milliseconds. */
const LOOKED_AT_EVERY = 10_000

export function statusPage(status: Status): Router {
  return Router().get('/status', needsReader, async (_req, res) => {
    show(res, 'status', { title: 'Status', section: 'status', report: viewOf(await status.read()) })
  })
}

/** What keeps the page current. */
export function statusLive(site: Site, status: Status): Router {
  const stream = liveStream(site, 'report', () => ({
    key: 'status',
    read: async () => viewOf(await status.read()),
    besides: besidesCommits(site),
  }))
  return Router().get('/status/live', stream)
}

/** What changes whenever the line does, and now and then for all that no commit tells of. */
export function besidesCommits(site: Site): () => string {
  return () => `${JSON.stringify(site.line())} ${Math.floor(Date.now() / LOOKED_AT_EVERY)}`
}

function viewOf({ takesCalls, parts, versions }: Report): ReportView {
  return {
    summary: summaryOf(takesCalls, parts.filter(({ verdict }) => verdict !== 'ok').length),
    isWell: parts.every(({ verdict }) => verdict === 'ok'),
    parts: parts.map(part => ({ ...part, verdictInWords: VERDICTS[part.verdict] })),
    versions: Object.entries(versions),
  }
}

const VERDICTS: { readonly [Each in Verdict]: string } = { ok: 'OK', attention: 'Attention', wrong: 'Wrong' }

function summaryOf(takesCalls: boolean, notWell: number): string {
  const calls = takesCalls ? 'Calls are taken.' : 'Calls can’t be taken: the PBX keeps them for the office.'
  if (notWell === 0) return `${calls} All is well.`
  return `${calls} ${notWell === 1 ? 'One part needs' : `${notWell} parts need`} a look.`
}
