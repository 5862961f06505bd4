/** Whole numbers, with a comma between thousands. */
export const number = new Intl.NumberFormat('en')

/** Shares of 1 as percentages, with as many digits after the point at most. */
export const shareWith = (digits: 0 | 1 | 2) =>
  new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: digits })
