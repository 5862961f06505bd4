const units = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const

/** Seconds in words: the largest unit that fits and the next one, such as `4 min 12 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const first = units.findIndex(([size]) => whole >= size)
  if (first === -1) return '0 s'
  const words: string[] = []
  let rest = whole
  for (const [size, unit] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) words.push(`${count} ${unit}`)
  }
  return words.join(' ')
}

/** How often: `once`, `2 times`. */
export function timesInWords(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

/** `… ago`, or `in …` for a time that is to come. Both in milliseconds since 1970. */
export function relative(time: number, now: number): string {
  const seconds = Math.round((now - time) / 1000)
  if (seconds === 0) return 'just now'
  return seconds > 0 ? `${duration(seconds)} ago` : `in ${duration(-seconds)}`
}
