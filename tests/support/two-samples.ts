/** Whether two samples can come from the same distribution: the two-sample Kolmogorov-Smirnov test. */

/**
 * How likely samples from one distribution are as far apart as these, or further. Asymptotic, with the correction of
 * Stephens (1970); good from some twenty values on.
 */
export function sameDistribution(one: readonly number[], other: readonly number[]): number {
  const distance = largestGap(one, other)
  const n = Math.sqrt((one.length * other.length) / (one.length + other.length))
  const lambda = (n + 0.12 + 0.11 / n) * distance
  // The series converges too slowly there, and the answer is 1.
  if (lambda < 0.2) return 1
  let sum = 0
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * lambda * lambda)
  return Math.min(1, Math.max(0, 2 * sum))
}

/** The largest difference between the two shares of values that are no greater than some value. */
function largestGap(one: readonly number[], other: readonly number[]): number {
  const a = [...one].sort((x, y) => x - y)
  const b = [...other].sort((x, y) => x - y)
  let [i, j, gap] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? 0, b[j] ?? 0)
    while (i < a.length && (a[i] ?? 0) <= value) i += 1
    while (j < b.length && (b[j] ?? 0) <= value) j += 1
    gap = Math.max(gap, Math.abs(i / a.length - j / b.length))
  }
  return gap
}
