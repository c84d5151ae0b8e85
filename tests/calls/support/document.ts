/** A document for IT, as the commands in it: what stands in its blocks marked `sh`. */
import { readFileSync } from 'node:fs'

/** The blocks in order, of one section alone where that is named; other words stand in for what is the reader's own. */
export function commandsIn(document: string, words: Readonly<Record<string, string>>, section?: string): string[] {
  const text = readFileSync(document, 'utf8')
  const part = section === undefined ? text : (text.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '')
  return Array.from(part.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm), ([, indent = '', block = '']) =>
    Object.entries(words).reduce(
      (commands, [word, own]) => commands.replaceAll(word, own),
      block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    ),
  )
}
