/** Which PINs are accepted: 4 to 12 digits that are not among the first that anyone would guess. */

/**
 * What is wrong with a PIN, as a sentence for whoever chose it; null when it can be used.
 * A blocklist of about a tenth of the four-digit space is where throttled guessing gets hard without
 * driving people to write PINs down (Markert et al., "This PIN Can Be Easily Guessed", 2020).
 */
export function pinFault(pin: string, phoneClockId: string | null): string | null {
  if (!/^\d*$/.test(pin)) return 'A PIN has digits only, 0 to 9.'
  if (pin.length < 4 || pin.length > 12) return `A PIN has 4 to 12 digits; this one has ${pin.length}.`
  if (phoneClockId !== null && isOfId(pin, phoneClockId))
    return 'This PIN is too close to the phone clock ID. Choose another.'
  const pattern = easyPatterns.find(({ matches }) => matches(pin))
  return pattern ? `This PIN is easily guessed (${pattern.name}). Choose another.` : null
}

const easyPatterns: readonly { name: string; matches: (pin: string) => boolean }[] = [
  { name: 'repeated digits', matches: isRepeated },
  { name: 'a run of digits', matches: isRun },
  { name: 'a year', matches: pin => /^(19|20)\d\d$/.test(pin) },
  { name: 'a date', matches: isDate },
  { name: 'a shape on the keypad', matches: isKeypadShape },
]

function isOfId(pin: string, id: string): boolean {
  const backwards = [...id].reverse().join('')
  return [id, backwards].some(form => form.includes(pin) || pin.includes(form))
}

/** 7777, 7878, 7788, 7887, 123123, and all others with one digit in three of four places: 7778, 7787. */
function isRepeated(pin: string): boolean {
  const counts = [...new Set(pin)].map(digit => pin.split(digit).length - 1)
  if (counts.length <= 2 && (pin.length > 4 || Math.max(...counts) >= 3)) return true
  const half = pin.slice(0, pin.length / 2)
  if (pin.length % 2 === 0 && (half + half === pin || half + [...half].reverse().join('') === pin)) return true
  return /^(\d)\1(\d)\2$/.test(pin) || (pin.length % 3 === 0 && pin === pin.slice(0, pin.length / 3).repeat(3))
}

/** Each digit one above or below the one before, over the end of the scale too: 3456, 9012, 3210. */
function isRun(pin: string): boolean {
  const upwards = '0123456789'.repeat(3)
  return upwards.includes(pin) || upwards.includes([...pin].reverse().join(''))
}

/** MMDD, DDMM, and with a year of two or four digits before or after. */
function isDate(pin: string): boolean {
  const isDay = (a: string, b: string) => Number(a) >= 1 && Number(a) <= 12 && Number(b) >= 1 && Number(b) <= 31
  const isMonthAndDay = (four: string) =>
    isDay(four.slice(0, 2), four.slice(2)) || isDay(four.slice(2), four.slice(0, 2))
  if (pin.length === 4) return isMonthAndDay(pin)
  if (pin.length === 6) return isMonthAndDay(pin.slice(0, 4)) || isMonthAndDay(pin.slice(2))
  if (pin.length === 8) {
    return (
      (isMonthAndDay(pin.slice(0, 4)) && /^(19|20)/.test(pin.slice(4))) ||
      (isMonthAndDay(pin.slice(4)) && /^(19|20)/.test(pin))
    )
  }
  return false
}

/** Columns, corners and crosses as the fingers find them on a telephone. */
const KEYPAD_SHAPES =
  '2580 1470 3690 1397 1379 3179 1793 1590 3570 1478 3698 7896 1236 3214 1459 3657 147258369 159357'.split(' ')

function isKeypadShape(pin: string): boolean {
  return KEYPAD_SHAPES.some(shape => pin === shape || pin === [...shape].reverse().join(''))
}
