/** The link that dials a telephone number as it is shown; of +44 (0)20 7946 0000, the 0 is not dialled. */
export function telephoneUrl(shown: string): string {
  const dialled = shown.startsWith('+') ? shown.replace(/\(0\)/, '') : shown
  return `tel:${dialled.replace(/[^+\d]/g, '')}`
}
