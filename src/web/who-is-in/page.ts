/** The first page: who is in now, kept current, also on a screen on the wall. */
import { type Request, Router } from 'express'
import { needsReader } from '../accounts/sign-in.js'
import { liveStream } from '../live.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { type BoardView, type Grouping, readBoard } from './board.js'

export interface WhoIsInView {
  readonly title: string
  readonly section: 'home'
  readonly by: Grouping
  /** The addresses of this page with the other views. */
  readonly addresses: { readonly employee: string; readonly job: string; readonly here: string; readonly wall: string }
  readonly live: string
  readonly board: BoardView
}

export function whoIsIn(site: Site): Router {
  return Router().get('/', needsReader, async (req, res) => {
    const { by, isWall } = asked(req)
    show(res, isWall ? 'wall' : 'who-is-in', {
      title: 'Who is in',
      section: 'home',
      by,
      addresses: {
        employee: address('/', 'employee', isWall),
        job: address('/', 'job', isWall),
        here: address('/', by, isWall),
        wall: address('/', by, !isWall),
      },
      live: address('/who-is-in/live', by, isWall),
      board: await readBoard(site, by, isWall),
    })
  })
}

/** What keeps the page current. */
export function whoIsInLive(site: Site): Router {
  const stream = liveStream(site, 'board', req => {
    const { by, isWall } = asked(req)
    return {
      key: `${by} ${isWall}`,
      read: () => readBoard(site, by, isWall),
      besides: () => site.line().takesCalls,
      keepsSession: isWall,
    }
  })
  return Router().get('/who-is-in/live', stream)
}

/** Whatever makes no sense in the address counts as not asked. */
function asked({ query }: Request): { by: Grouping; isWall: boolean } {
  return { by: query.by === 'job' ? 'job' : 'employee', isWall: query.wall === '1' }
}

function address(path: string, by: Grouping, isWall: boolean): string {
  const query = new URLSearchParams({ ...(by === 'job' && { by }), ...(isWall && { wall: '1' }) })
  return query.size > 0 ? `${path}?${query}` : path
}
