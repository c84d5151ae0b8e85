/** The pages by name, and what each is given. */
import type { Response } from 'express'
import type { HomeView } from './home.js'
import type { SignInView } from './sign-in.js'

export interface Views {
  home: HomeView
  'sign-in': SignInView
  message: { readonly title: string; readonly sentence: string }
}

/** Answers with a page. */
export function show<Name extends keyof Views>(res: Response, name: Name, view: Views[Name]): void {
  res.render(`pages/${name}`, view)
}
