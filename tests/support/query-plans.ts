/** Runs with every file of fast tests: fails it when a statement of ours reads all rows of a table that grows with the years. */
import { afterAll, expect } from 'vitest'
import { watchStatements, wholeTablesRead } from './statements.js'

watchStatements()

afterAll(() => {
  expect(wholeTablesRead()).toEqual([])
})
