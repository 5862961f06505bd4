/**
 * Items as CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front: names of builds
 * and codes come from strangers.
 */
export function csvOf(
  columns: readonly string[],
  items: readonly Readonly<Record<string, unknown>>[],
): string {
  const rows = [columns, ...items.map((item) => columns.map((column) => textOf(item[column])))]
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
