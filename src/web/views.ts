/** The pages by name, and what each is given. */
import type { Application, Response } from 'express'
import type { AccountView } from './accounts/account.js'
import type { AdminsView } from './accounts/admins.js'
import type { FirstAdminView } from './accounts/first-admin.js'
import type { RecoveryCodesView, SecondFactorView } from './accounts/second-factor.js'
import type { SignInCodeView } from './accounts/sign-in.js'
import type { SignInView } from './accounts/sign-in-page.js'
import type { ApiTokensView } from './api-tokens.js'
import type { AuditView } from './audit.js'
import type { CallPageView, CallView } from './calls/call.js'
import type { CallsPageView, CallsView } from './calls/list.js'
import type { ClockLocationsView } from './clock-locations.js'
import type { EmployeeFormView } from './employees/employee.js'
import type { EmployeesView } from './employees/list.js'
import type { ExportColumnsView } from './export.js'
import type { ChecklistView, GettingStartedView } from './getting-started.js'
import type { ImportPreviewView, ImportView } from './import/import.js'
import type { JobFormView } from './jobs/job.js'
import type { JobsView } from './jobs/list.js'
import type { EmployeeView } from './phone-clocking/employee.js'
import type { PhoneClockingView } from './phone-clocking/list.js'
import type { CardsView, WallSheetView } from './phone-clocking/print.js'
import type { SettingsView } from './settings.js'
import type { SetupLinkEndedView, SetupLinkReadyView, SetupLinkView } from './setup-links/setup-link.js'
import type { ReportView, StatusView } from './status.js'
import type { NewTimeEntryView } from './time-entries/adding.js'
import type { TimeEntryView } from './time-entries/entry.js'
import type { MissingClockOutsView, TimeEntriesView } from './time-entries/list.js'
import type { UnclaimedPunchesView } from './unclaimed-punches/list.js'
import type { OneUnclaimedPunchView } from './unclaimed-punches/settle.js'
import type { OneVoiceCheckView } from './voice-checks/check.js'
import type { VoiceChecksView } from './voice-checks/list.js'
import type { WebhookView } from './webhook.js'
import type { WebhooksView } from './webhooks.js'
import type { BoardView } from './who-is-in/board.js'
import type { WhoIsInView } from './who-is-in/page.js'

/** What is wrong with a field of a form, said beside it (views/partials/field.ejs). */
export interface FieldFault<Field extends string> {
  readonly field: Field
  readonly sentence: string
}

interface MessageView {
  readonly title: string
  readonly sentence: string
}

export interface Views {
  import: ImportView
  'import-preview': ImportPreviewView
  employees: EmployeesView
  'employee-form': EmployeeFormView
  jobs: JobsView
  'job-form': JobFormView
  'time-entries': TimeEntriesView
  'missing-clock-outs': MissingClockOutsView
  'time-entry': TimeEntryView
  'time-entry-new': NewTimeEntryView
  'who-is-in': WhoIsInView
  wall: WhoIsInView
  calls: CallsPageView
  call: CallPageView
  'phone-clocking': PhoneClockingView
  employee: EmployeeView
  'wall-sheet': WallSheetView
  cards: CardsView
  account: AccountView
  admins: AdminsView
  'first-admin': FirstAdminView
  audit: AuditView
  'clock-locations': ClockLocationsView
  'sign-in': SignInView
  'sign-in-code': SignInCodeView
  'second-factor': SecondFactorView
  'recovery-codes': RecoveryCodesView
  'setup-link': SetupLinkView
  'setup-link-ready': SetupLinkReadyView
  'setup-link-ended': SetupLinkEndedView
  'voice-checks': VoiceChecksView
  'voice-check': OneVoiceCheckView
  'unclaimed-punches': UnclaimedPunchesView
  'unclaimed-punch': OneUnclaimedPunchView
  settings: SettingsView
  status: StatusView
  'getting-started': GettingStartedView
  'api-tokens': ApiTokensView
  'export-columns': ExportColumnsView
  webhooks: WebhooksView
  webhook: WebhookView
  message: MessageView
  'plain-message': MessageView
}

/** Parts of pages that are streamed too (views/partials). */
export interface Fragments {
  board: BoardView
  calls: CallsView
  call: CallView
  report: ReportView
  checklist: ChecklistView
}

/** Answers with a page. */
export function show<Name extends keyof Views>(res: Response, name: Name, view: Views[Name]): void {
  res.render(`pages/${name}`, view)
}

/** The HTML of a part of a page. */
export function renderFragment<Name extends keyof Fragments>(
  app: Application,
  name: Name,
  view: Fragments[Name],
): Promise<string> {
  return new Promise((resolve, reject) => {
    app.render(`partials/${name}`, { [name]: view }, (error, html) => (error ? reject(error) : resolve(html)))
  })
}
