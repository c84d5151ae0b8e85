/** The board: who is in, by employee or by job, as the page and its stream show it. */
import { type Direction, isForgotten } from '../../clock/punch.js'
import { type Instant, MINUTE, type TimeStyle } from '../../clock/time.js'
import { workedMinutes } from '../../clock/worked-time.js'
import { dayAndTime, duration, timeSeenFrom } from '../../shown-time.js'
import { readSettings } from '../../store/settings.js'
import { latestPunches, type PersonIn, peopleIn } from '../../store/who-is-in.js'
import type { Site } from '../site.js'

export type Grouping = 'employee' | 'job'

export interface BoardView {
  readonly isWall: boolean
  readonly asOf: string
  /** Whether calls can arrive now. */
  readonly isLineConnected: boolean
  readonly inNow: number
  /** By employee one group without a name. */
  readonly groups: readonly GroupView[]
  /** Open for so long that the clock-out was forgotten. */
  readonly forgotten: readonly PersonView[]
  readonly forgottenAfterHours: number
  readonly punches: readonly PunchView[]
}

interface GroupView {
  readonly key: string
  readonly job: string | null
  readonly people: readonly PersonView[]
}

interface PersonView extends Omit<PersonIn, 'since'> {
  readonly since: Moment
  readonly howLong: string
}

interface PunchView {
  readonly id: number
  readonly employeeId: number
  readonly employee: string
  readonly job: string | null
  readonly direction: Direction
  readonly at: Moment
}

interface Moment {
  readonly iso: string
  readonly text: string
}

const LATEST = 10

export async function readBoard(site: Site, by: Grouping, isWall: boolean): Promise<BoardView> {
  const { db, timeStyle } = site
  const { forgottenAfterHours } = await readSettings(db)
  const open = await peopleIn(db)
  const latest = await latestPunches(db, LATEST)
  const now = Date.now()
  const moment = momentsFrom(now, timeStyle)
  const view = (person: PersonIn): PersonView => ({
    ...person,
    since: moment(person.since),
    howLong: duration(workedMinutes(person.since, now)),
  })
  const isLeftOpen = ({ since }: PersonIn) => isForgotten(since, now, { forgottenAfterHours })
  const inNow = open.filter(person => !isLeftOpen(person))
  return {
    isWall,
    asOf: dayAndTime(now, now, timeStyle),
    isLineConnected: site.line().takesCalls,
    inNow: inNow.length,
    groups: (by === 'job' ? byJob(inNow) : [{ key: 'all', job: null, people: inNow }]).map(group => ({
      ...group,
      people: group.people.map(view),
    })),
    forgotten: open.filter(isLeftOpen).map(view),
    forgottenAfterHours,
    punches: latest.map(punch => ({ ...punch, at: moment(punch.at) })),
  }
}

interface Group {
  readonly key: string
  readonly job: string
  readonly people: PersonIn[]
}

/** By the jobs' names; who has none comes last. */
function byJob(people: readonly PersonIn[]): Group[] {
  const groups = new Map<number | null, Group>()
  for (const person of people) {
    const group = groups.get(person.jobId) ?? {
      key: `job-${person.jobId ?? 'none'}`,
      job: person.job ?? 'No job',
      people: [],
    }
    groups.set(person.jobId, group)
    group.people.push(person)
  }
  const without = groups.get(null)
  groups.delete(null)
  const named = [...groups.values()].sort((a, b) => a.job.localeCompare(b.job))
  return without ? [...named, without] : named
}

/** Instants as seen now: the time of day, with its day unless that is today. Thousands come in within few minutes. */
function momentsFrom(now: Instant, style: TimeStyle): (instant: Instant) => Moment {
  const texts = new Map<number, string>()
  return instant => {
    const minute = Math.floor(instant / MINUTE)
    let text = texts.get(minute)
    if (text === undefined) {
      text = timeSeenFrom(now, instant, now, style)
      texts.set(minute, text)
    }
    return { iso: new Date(instant).toISOString(), text }
  }
}
