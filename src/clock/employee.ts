/** What can be said of an employee, and what is wrong with it. */

export interface EmployeeDetails {
  readonly name: string
  readonly email: string | null
  /** The company's own number for them. */
  readonly payrollNumber: string | null
  readonly note: string | null
}

export type EmployeeField = keyof EmployeeDetails

const LONGEST = { name: 100, email: 254, payrollNumber: 40, note: 1000 } as const

/** The first thing that is wrong with an employee's details, as a sentence; null when they can stand. */
export function detailsFault(details: EmployeeDetails): { field: EmployeeField; sentence: string } | null {
  const { name, email, payrollNumber, note } = details
  if (name === '') return { field: 'name', sentence: 'An employee needs a name.' }
  if (name.length > LONGEST.name) return tooLong('name', 'A name')
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    return { field: 'email', sentence: `“${email}” is not an e-mail address.` }
  }
  if (email !== null && email.length > LONGEST.email) return tooLong('email', 'An e-mail address')
  if (payrollNumber !== null && payrollNumber.length > LONGEST.payrollNumber) {
    return tooLong('payrollNumber', 'A payroll number')
  }
  if (note !== null && note.length > LONGEST.note) return tooLong('note', 'A note')
  return null
}

/** E-mail addresses are the same whatever their case. */
export function sameEmail(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one.toLowerCase() === other.toLowerCase()
}

function tooLong(field: EmployeeField, what: string): { field: EmployeeField; sentence: string } {
  return { field, sentence: `${what} has at most ${LONGEST[field]} characters.` }
}
