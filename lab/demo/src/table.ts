import type { DemoRow } from './row/row.ts'

const headings = ['WHAT', 'LEVEL', 'EXPECTED', 'ACTUAL', 'STATUS', 'CODE']

/** The rows under their headings. */
export function table(rows: readonly DemoRow[]): string {
  const cells = rows.map((row) => [
    row.name,
    row.level,
    row.expected,
    row.actual,
    String(row.status),
    row.code ?? '-',
  ])
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...cells.map((row) => row[i]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd()
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n')
}
