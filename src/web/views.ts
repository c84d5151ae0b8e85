/** The pages by name, and what each is given. */
import type { Response } from 'express'
import type { HomeView } from './home.js'
import type { EmployeeView } from './phone-clocking/employee.js'
import type { PhoneClockingView } from './phone-clocking/list.js'
import type { CardsView, WallSheetView } from './phone-clocking/print.js'
import type { SignInView } from './sign-in.js'

export interface Views {
  home: HomeView
  'phone-clocking': PhoneClockingView
  employee: EmployeeView
  'wall-sheet': WallSheetView
  cards: CardsView
  'sign-in': SignInView
  message: { readonly title: string; readonly sentence: string }
}

/** Answers with a page. */
export function show<Name extends keyof Views>(res: Response, name: Name, view: Views[Name]): void {
  res.render(`pages/${name}`, view)
}
