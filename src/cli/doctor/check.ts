/** What a check of the doctor is. */

/** Gives what it found; throws a Warning, a Todo, or an Error where Punchline can't work, that says what is wrong and what to do. */
export interface Check {
  readonly name: string
  run(): Promise<string>
}

/** Punchline works, but not as safely as it should. */
export class Warning extends Error {}

/** It was not done yet. */
export class Todo extends Error {}
