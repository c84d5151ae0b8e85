/** Settings: what admins can set while Punchline runs. */
import express, { type Response, Router } from 'express'
import { PAY_PERIODS } from '../clock/pay-period.js'
import { SETTING_RULES, SettingRefused, type Settings } from '../clock/settings.js'
import { DAY } from '../clock/time.js'
import { anyJobHasPhoneCode } from '../store/jobs.js'
import { countErasable } from '../store/retention.js'
import { changeSettings, readSettings } from '../store/settings.js'
import { needsOwner, needsReader, signedIn } from './accounts/sign-in.js'
import { PageRefused } from './errors.js'
import { done } from './notice.js'
import type { Site } from './site.js'
import { show } from './views.js'

type Name = keyof Settings
type Texts = { readonly [Each in Name]: string }

export interface SettingsView {
  readonly title: string
  readonly section: 'settings'
  /** As they are, or as they were typed. */
  readonly values: Texts
  readonly faults: { readonly [Each in Name]?: string }
  readonly payPeriods: readonly string[]
  /** Required, and yet no active job can be named on the phone. */
  readonly noJobHasCode: boolean
  /** For how many days recordings are to be kept, once that was asked. */
  readonly agreedDays: number | null
}

/** So far recordings that would be erased are counted. */
const COUNTED = 1000

const NAMES = [
  'jobRequired',
  'forgottenAfterHours',
  'recordingDays',
  'callDays',
  'payPeriods',
  'payPeriodStart',
  'wrongPinsInARow',
  'longestLockMinutes',
  'wrongPinsPerMonth',
  'strangersPerDay',
  'strangersPerMonth',
] as const satisfies readonly Name[]

export function settings(site: Site): Router {
  const { db } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get('/settings', needsReader, async (_req, res) => {
    await showSettings(res, textsOf(await readSettings(db)), {})
  })

  router.post('/settings', needsOwner, form, async (req, res) => {
    const typed = typedTexts(req.body)
    const { wanted, faults } = read(typed)
    if (!wanted) return showSettings(res, typed, faults)

    const question = await erasingQuestion(wanted.recordingDays, req.body.agreedDays)
    if (question !== null) return showSettings(res, typed, { recordingDays: question }, wanted.recordingDays)
    const changed = await changeSettings(db, wanted, signedIn(res).email)
    await done(
      site,
      req,
      res,
      '/settings',
      changed.length > 0 ? 'Saved.' : 'Nothing was different, so nothing changed.',
    )
  })

  /** Asks once before recordings go; null when none would, or it has been agreed to. */
  async function erasingQuestion(days: number, agreedDays: unknown): Promise<string | null> {
    const { recordingDays } = await readSettings(db)
    if (days >= recordingDays || agreedDays === String(days)) return null
    const count = await countErasable(db, Date.now() - days * DAY, COUNTED + 1)
    if (count === 0) return null
    const recordings = count === 1 ? '1 recording is' : `${count > COUNTED ? 'More than 1,000' : count} recordings are`
    const unit = days === 1 ? '1 day' : `${days} days`
    return `${recordings} older than ${unit} and would be erased for good within the hour. Nothing is saved yet: save again to agree.`
  }

  async function showSettings(
    res: Response,
    values: Texts,
    faults: SettingsView['faults'],
    agreedDays: number | null = null,
  ): Promise<void> {
    res.status(Object.keys(faults).length > 0 ? 422 : 200)
    show(res, 'settings', {
      title: 'Settings',
      section: 'settings',
      values,
      faults,
      payPeriods: PAY_PERIODS,
      noJobHasCode: !(await anyJobHasPhoneCode(db)),
      agreedDays,
    })
  }

  return router
}

function textsOf(settings: Settings): Texts {
  return {
    jobRequired: settings.jobRequired ? 'yes' : 'no',
    forgottenAfterHours: String(settings.forgottenAfterHours),
    recordingDays: String(settings.recordingDays),
    callDays: String(settings.callDays),
    payPeriods: settings.payPeriods,
    payPeriodStart: settings.payPeriodStart,
    wrongPinsInARow: String(settings.wrongPinsInARow),
    longestLockMinutes: String(settings.longestLockMinutes),
    wrongPinsPerMonth: String(settings.wrongPinsPerMonth),
    strangersPerDay: String(settings.strangersPerDay),
    strangersPerMonth: String(settings.strangersPerMonth),
  }
}

/** What the form sent. A box that is not ticked sends nothing. */
function typedTexts(body: unknown): Texts {
  const fields = new Map(Object.entries(body ?? {}))
  const text = (name: Name): string => {
    const value: unknown = fields.get(name)
    if (typeof value === 'string') return value
    throw new PageRefused(400, 'Use the form on the page Settings.')
  }
  return {
    jobRequired: fields.has('jobRequired') ? text('jobRequired') : 'no',
    forgottenAfterHours: text('forgottenAfterHours'),
    recordingDays: text('recordingDays'),
    callDays: text('callDays'),
    payPeriods: text('payPeriods'),
    payPeriodStart: text('payPeriodStart'),
    wrongPinsInARow: text('wrongPinsInARow'),
    longestLockMinutes: text('longestLockMinutes'),
    wrongPinsPerMonth: text('wrongPinsPerMonth'),
    strangersPerDay: text('strangersPerDay'),
    strangersPerMonth: text('strangersPerMonth'),
  }
}

/** All of them, or what is wrong with each that makes no sense. */
function read(typed: Texts): { wanted: Settings | null; faults: SettingsView['faults'] } {
  const faults: { [Each in Name]?: string } = {}
  for (const name of NAMES) {
    const fault = faultOf(name, typed[name])
    if (fault !== null) faults[name] = fault
  }
  if (Object.keys(faults).length > 0) return { wanted: null, faults }
  return {
    wanted: {
      jobRequired: SETTING_RULES.jobRequired(typed.jobRequired),
      forgottenAfterHours: SETTING_RULES.forgottenAfterHours(typed.forgottenAfterHours),
      recordingDays: SETTING_RULES.recordingDays(typed.recordingDays),
      callDays: SETTING_RULES.callDays(typed.callDays),
      payPeriods: SETTING_RULES.payPeriods(typed.payPeriods),
      payPeriodStart: SETTING_RULES.payPeriodStart(typed.payPeriodStart),
      wrongPinsInARow: SETTING_RULES.wrongPinsInARow(typed.wrongPinsInARow),
      longestLockMinutes: SETTING_RULES.longestLockMinutes(typed.longestLockMinutes),
      wrongPinsPerMonth: SETTING_RULES.wrongPinsPerMonth(typed.wrongPinsPerMonth),
      strangersPerDay: SETTING_RULES.strangersPerDay(typed.strangersPerDay),
      strangersPerMonth: SETTING_RULES.strangersPerMonth(typed.strangersPerMonth),
    },
    faults,
  }
}

function faultOf(name: Name, typed: string): string | null {
  try {
    SETTING_RULES[name](typed)
    return null
  } catch (error) {
    if (error instanceof SettingRefused) return error.message
    throw error
  }
}
