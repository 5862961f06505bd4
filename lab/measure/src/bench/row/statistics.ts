/** The middle value. @throws Error for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('no value to take the median of')
  return sorted.length % 2 === 1 ? middle : (middle + (sorted[sorted.length / 2 - 1] as number)) / 2
}

/** Three significant digits, so that a table does not pretend to more than was measured. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
