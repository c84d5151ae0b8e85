/** One file from a form, in memory; a file that is too large is read to its end, and dropped. */
import { finished } from 'node:stream'
import type { RequestHandler } from 'express'
import multer, { MulterError } from 'multer'
import { LARGEST_FILE } from '../../csv/reading.js'
import { PageRefused } from '../errors.js'

const receive = multer({
  storage: multer.memoryStorage(),
  limits: { fileSize: LARGEST_FILE, files: 1, fields: 5, fieldSize: 1000 },
}).single('file')

/** Puts the field `file` on the request. */
export const oneFile: RequestHandler = (req, res, next) => {
  receive(req, res, (error: unknown) => {
    if (!error) return next()
    // A browser that is answered before it has sent everything may show a broken connection instead of the answer.
    req.resume()
    finished(req, { writable: false }, () => next(refusal(error)))
  })
}

function refusal(error: unknown): unknown {
  if (!(error instanceof MulterError)) return new PageRefused(400, 'The upload was broken off. Choose the file again.')
  if (error.code !== 'LIMIT_FILE_SIZE') return new PageRefused(400, 'Use the form on the page.')
  return new PageRefused(
    413,
    `The file is larger than ${LARGEST_FILE / 1024 / 1024} MB, so it was not read. Is it the right one?`,
  )
}
