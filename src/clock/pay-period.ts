/** How often people are paid. */
export const PAY_PERIODS = ['week', 'two weeks', 'half a month', 'month'] as const

export type PayPeriods = (typeof PAY_PERIODS)[number]
