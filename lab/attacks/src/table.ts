/** Columns under headings, for a terminal. */
export function plainTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = widthsOf([headings, ...rows])
  const line = (row: readonly string[]) => pad(row, widths).join('  ').trimEnd()
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** A Markdown table without padding, as the project's formatter writes it: a change of one row changes one line. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `|${cells.map((cell) => (cell === '' ? ' |' : ` ${cell.replaceAll('|', '\\|')} |`)).join('')}`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const [headings = []] = rows
  return headings.map((_, i) => Math.max(3, ...rows.map((row) => row[i]?.length ?? 0)))
}

function pad(row: readonly string[], widths: readonly number[]): string[] {
  return row.map((cell, i) => cell.padEnd(widths[i] as number))
}
