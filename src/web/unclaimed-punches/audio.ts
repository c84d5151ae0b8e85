/** The recordings of unclaimed punches, for the players in the pages. */
import { Router } from 'express'
import { findUnclaimedPunch } from '../../store/unclaimed-punches.js'
import { PageRefused } from '../errors.js'
import { sendRecording } from '../recording.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'

export function unclaimedPunchAudio({ db, recordings }: Site): Router {
  return Router().get('/unclaimed-punches/:id/audio', async (req, res) => {
    if (!res.locals.admin) throw new PageRefused(401, 'Sign in to hear an unclaimed punch.')
    const unclaimed = await findUnclaimedPunch(db, rowId(req.params.id))
    if (!unclaimed) throw new PageRefused(404, 'There is no such unclaimed punch.')
    await sendRecording(res, recordings, unclaimed.recording, 'The recording of this unclaimed punch is gone.')
  })
}
