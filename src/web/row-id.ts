/** A row's id as a path has it; 0, which no row has, when it is none. */
export function rowId(param: unknown): number {
  return typeof param === 'string' && /^\d{1,15}$/.test(param) ? Number(param) : 0
}
