/** The recordings of voice checks, for the players in the pages. */
import { basename, dirname } from 'node:path'
import { Router } from 'express'
import { findVoiceCheckRecording } from '../store/time-entries.js'
import { PageRefused } from './errors.js'
import type { Site } from './site.js'

export function voiceChecks({ db, recordings }: Site): Router {
  return Router().get('/voice-checks/:id/audio', async (req, res) => {
    if (!res.locals.admin) throw new PageRefused(401, 'Sign in to hear a voice check.')
    const id = /^\d{1,15}$/.test(req.params.id) ? Number(req.params.id) : null
    const recording = id === null ? null : await findVoiceCheckRecording(db, id)
    if (recording === null) throw new PageRefused(404, 'There is no such voice check.')
    const file = await recordings.find(recording)
    if (file === null) throw new PageRefused(404, 'The recording of this voice check is gone.')
    // By name in its folder: a data directory may lie under one whose name begins with a dot.
    res.sendFile(basename(file), { root: dirname(file), headers: { 'Content-Type': 'audio/wav' } })
  })
}
