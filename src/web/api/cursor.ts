/** Cursors: where a page of a list ended, as text that means something to this list alone. */
import { z } from 'zod'
import { BadParameter } from './bad-parameter.js'

export interface CursorOf<Place> {
  write(place: Place): string
  /** Null: from the start. @throws BadParameter when it is no cursor of this list */
  read(text: string | undefined): Place | null
}

export function cursorFor<Place extends readonly number[]>(kind: string, place: z.ZodType<Place>): CursorOf<Place> {
  const Content = z.object({ [kind]: place })
  return {
    write: it => Buffer.from(JSON.stringify({ [kind]: it })).toString('base64url'),
    read(text) {
      if (text === undefined) return null
      const content = Content.safeParse(json(Buffer.from(text, 'base64url').toString()))
      const found = content.success ? content.data[kind] : undefined
      if (!found) throw new BadParameter('cursor: not one of this list. Give what `next` of the page before says.')
      return found
    },
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
