/** The pages by name, and what each is given. */
import type { Application, Response } from 'express'
import type { AccountView } from './accounts/account.js'
import type { AdminsView } from './accounts/admins.js'
import type { FirstAdminView } from './accounts/first-admin.js'
import type { SignInView } from './accounts/sign-in.js'
import type { CallPageView, CallView } from './calls/call.js'
import type { CallsPageView, CallsView } from './calls/list.js'
import type { EmployeeView } from './phone-clocking/employee.js'
import type { PhoneClockingView } from './phone-clocking/list.js'
import type { CardsView, WallSheetView } from './phone-clocking/print.js'
import type { SetupLinkEndedView, SetupLinkReadyView, SetupLinkView } from './setup-links/setup-link.js'
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
  'sign-in': SignInView
  'setup-link': SetupLinkView
  'setup-link-ready': SetupLinkReadyView
  'setup-link-ended': SetupLinkEndedView
  message: MessageView
  'plain-message': MessageView
}

/** Parts of pages that are streamed too (views/partials). */
export interface Fragments {
  board: BoardView
  calls: CallsView
  call: CallView
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
