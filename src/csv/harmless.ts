/** Keeps text that people typed from running as a formula in the spreadsheet that opens a CSV file (OWASP, CSV injection). */

/** The cell, with an apostrophe before it where a spreadsheet could take it for a formula. Only for text, not for numbers. */
export function harmless(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
}
