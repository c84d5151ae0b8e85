/** The prompts of the call, by the names of their sound files in asterisk-config/sounds/. */

const SENTENCES = [
  'welcome',
  'enter-phone-clock-id',
  'enter-pin',
  'id-and-pin-do-not-match',
  'enter-job-code-or-skip',
  'enter-job-code',
  'unknown-job-code',
  'nothing-entered',
  'clocked-in-at',
  'clocked-out-at',
  'you-worked',
  'you-clocked-in-at',
  'you-clocked-out-at',
  'minute-ago',
  'minutes-ago',
  'less-than-a-minute-ago',
  'less-than-a-minute',
  'to-clock-out-now-press-1',
  'to-clock-in-now-press-1',
  'say-your-name',
  'three-tries-failed',
  'say-your-name-and-site',
  'thank-you-goodbye',
  'goodbye',
  'clock-not-available',
  'call-again',
  'call-kept',
  'tone',
  'silence',
  'hour',
  'hours',
  'minute',
  'minutes',
  'a-m',
  'p-m',
  'twelve-noon',
  'twelve-midnight',
  'oh',
  'hundred',
  'hundred-hours',
  'zero-hundred-hours',
] as const

type Sentence = (typeof SENTENCES)[number]

/** A prompt: a sentence, a number 0 to 99, or minutes below ten as they are read in a time ("oh five"). */
export type Prompt = Sentence | `number-${number}` | `oh-${number}`

/** All prompts that the call can play; each needs a sound file. */
export const ALL_PROMPTS: readonly Prompt[] = [
  ...SENTENCES,
  ...Array.from({ length: 100 }, (_, n): Prompt => `number-${n}`),
  ...Array.from({ length: 9 }, (_, n): Prompt => `oh-${n + 1}`),
]
