/** Asterisk's configuration files, read as Asterisk reads them: sections, templates, includes. */

export interface Section {
  readonly name: string
  readonly settings: readonly Setting[]
}

export interface Setting {
  readonly name: string
  readonly value: string
  /** The file it is in. */
  readonly file: string
}

export interface ConfFile {
  readonly name: string
  readonly text: string
}

/** Gives the files of a name, or of a pattern such as `pjsip.d/*.conf`; none where there are none. */
export type ReadFiles = (pattern: string) => readonly ConfFile[]

interface Draft {
  readonly name: string
  readonly isTemplate: boolean
  readonly settings: Setting[]
}

/** The sections of a file and of all that it includes, with what templates give them. */
export function readSections(file: string, read: ReadFiles): Section[] {
  const drafts: Draft[] = []
  readInto(drafts, file, read, new Set())
  return drafts.filter(({ isTemplate }) => !isTemplate)
}

/** The last value of a setting, which is the one that counts; null when it isn't set. */
export function lastValue({ settings }: Section, name: string): string | null {
  return settings.findLast(setting => setting.name === name)?.value ?? null
}

export function allValues({ settings }: Section, name: string): string[] {
  return settings.filter(setting => setting.name === name).map(({ value }) => value)
}

/** As Asterisk takes it. */
export function isYes(value: string | null): boolean {
  return value !== null && /^(yes|true|y|t|1|on)$/i.test(value)
}

function readInto(drafts: Draft[], pattern: string, read: ReadFiles, reading: ReadonlySet<string>): void {
  for (const { name: file, text } of read(pattern)) {
    // Asterisk refuses such a circle, and so nothing more can be said of it.
    if (reading.has(file)) continue
    for (const line of withoutComments(text)) {
      const included = includedBy(line)
      if (included !== null) readInto(drafts, included, read, new Set([...reading, file]))
      else readLine(drafts, line, file)
    }
  }
}

function readLine(drafts: Draft[], line: string, file: string): void {
  const heading = /^\[([^\]]*)\](?:\(([^)]*)\))?/.exec(line)
  if (heading) {
    const [, name = '', marks = ''] = heading
    beginSection(
      drafts,
      name,
      marks.split(',').map(mark => mark.trim()),
    )
    return
  }
  const setting = /^([^=]+?)\s*=>?\s*(.*)$/.exec(line)
  drafts.at(-1)?.settings.push({ name: (setting?.[1] ?? line).toLowerCase(), value: setting?.[2] ?? '', file })
}

function beginSection(drafts: Draft[], name: string, marks: readonly string[]): void {
  // What follows [name](+) goes on with the section of that name, which thereby becomes the last.
  const at = marks.includes('+') ? drafts.findLastIndex(draft => draft.name === name) : -1
  const [earlier] = at >= 0 ? drafts.splice(at, 1) : []
  const inherited = marks.flatMap(mark => drafts.findLast(draft => draft.name === mark)?.settings ?? [])
  drafts.push(earlier ?? { name, isTemplate: marks.includes('!'), settings: inherited })
}

/** The file that a line includes; null when it includes none. */
export function includedBy(line: string): string | null {
  return /^\s*#(?:try)?include\s+["<]?([^">;\s]+)/.exec(line)?.[1] ?? null
}

/** The lines that say something, without comments and without the spaces around. */
function withoutComments(text: string): string[] {
  return text
    .replace(/;--(?!-)[\s\S]*?--;/g, '')
    .split(/\r?\n/)
    .map(line =>
      line
        .replace(/(?<!\\);.*$/, '')
        .replaceAll('\\;', ';')
        .trim(),
    )
    .filter(line => line !== '')
}
