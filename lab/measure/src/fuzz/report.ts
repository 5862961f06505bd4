import type { JobResult } from './running/job.ts'

const columns = [26, 10, 12, 10, 30] as const

function line(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(columns[0]) : cell.padStart(columns[i] ?? 0))).join('')
}

export const heading = line(['target', 'inputs', 'per second', 'branches', 'slowest input'])

/** One line of figures, and below it how often each outcome was. */
export function describeResult(name: string, result: JobResult): string[] {
  const { inputs, seconds, branches, outcomes, slowest } = result
  const share = branches.total === 0 ? '-' : `${((100 * branches.taken) / branches.total).toFixed(1)} %`
  const slow =
    slowest === undefined ? '-' : `${slowest.milliseconds.toFixed(2)} ms (${slowest.input.length} B)`
  const made = Object.values(outcomes).reduce((sum, times) => sum + times, 0)
  const perSecond = seconds === 0 ? '-' : String(Math.round(made / seconds))
  return [
    line([name, String(inputs), perSecond, share, ` ${slow}`]),
    ...histogram(outcomes).map((text) => `    ${text}`),
  ]
}

function histogram(outcomes: Readonly<Record<string, number>>): string[] {
  const sorted = Object.entries(outcomes).sort(([, a], [, b]) => b - a)
  const lines: string[] = []
  for (const [outcome, times] of sorted) {
    const text = `${outcome} ${times}`
    const last = lines.at(-1)
    if (last !== undefined && last.length + text.length < 100) lines[lines.length - 1] = `${last}, ${text}`
    else lines.push(text)
  }
  return lines
}
