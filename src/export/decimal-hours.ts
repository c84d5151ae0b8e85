/**
 * Minutes as hours with two decimals, such as 8.45. Two decimals can't hold every minute (20 minutes are 0.33), so the
 * minutes stand beside them wherever they are written: who adds up adds those.
 */
export function decimalHours(minutes: number): string {
  return (minutes / 60).toFixed(2)
}
