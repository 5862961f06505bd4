/** The first of the `expected` lines that is missing in `output`, in this order; `undefined` if none is. */
export function missingLine(output: string, expected: readonly string[]): string | undefined {
  const lines = output.split(/\r?\n/).map(withoutColours)
  let next = 0
  for (const wanted of expected) {
    if (wanted.trim() === '' || wanted.trim() === '…') continue
    const pattern = patternOf(wanted)
    const found = lines.findIndex((line, index) => index >= next && pattern.test(line))
    if (found === -1) return wanted
    next = found + 1
  }
  return undefined
}

/** `…` stands for anything, and blanks for any number of blanks. */
function patternOf(wanted: string): RegExp {
  const parts = wanted
    .trim()
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+'))
  return new RegExp(`^\\s*${parts.join('.*')}\\s*$`)
}

function withoutColours(line: string): string {
  return line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
}
