/** Finding by words, as people type them. */

/** Whether a text has every word of `q`, whatever its case and accents; every text does when nothing is asked. */
export function hasEveryWordOf(q: string): (text: string) => boolean {
  const words = folded(q).split(/\s+/).filter(Boolean)
  return text => {
    if (words.length === 0) return true
    const known = folded(text)
    return words.every(word => known.includes(word))
  }
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
