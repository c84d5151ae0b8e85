/** Keeps text that people typed from running as a formula in the spreadsheet that opens a CSV file (OWASP, CSV injection). */

/**
 * The cell, with an apostrophe before it where a spreadsheet could take it for a formula, and where it begins like one that
 * was made harmless. Only for text, not for numbers.
 */
export function harmless(cell: string): string {
  return /^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
}

/** What `harmless` made of a cell, undone: a file that we exported comes back as it was. */
export function unharmed(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell
}
