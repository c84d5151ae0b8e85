/** The recordings of voice checks, for the players in the pages. */
import { Router } from 'express'
import { findVoiceCheckRecording } from '../../store/voice-checks.js'
import { PageRefused } from '../errors.js'
import { sendRecording } from '../recording.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'

export function voiceCheckAudio({ db, recordings }: Site): Router {
  return Router().get('/voice-checks/:id/audio', async (req, res) => {
    if (!res.locals.admin) throw new PageRefused(401, 'Sign in to hear a voice check.')
    const recording = await findVoiceCheckRecording(db, rowId(req.params.id))
    if (recording === undefined) throw new PageRefused(404, 'There is no such voice check.')
    await sendRecording(res, recordings, recording, 'The recording of this voice check is gone.')
  })
}
