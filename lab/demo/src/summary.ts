import type { DemoRow } from './row/row.ts'

/** What was shown, one line a theme in the order of the story: how much Assay served and refused. */
export function summary(rows: readonly DemoRow[]): string {
  const themes = [...new Set(rows.map(({ theme }) => theme))]
  const width = Math.max(...themes.map((theme) => theme.length))
  return themes
    .map((theme) => `${theme.padEnd(width)}  ${outcomes(rows.filter((row) => row.theme === theme))}`)
    .join('\n')
}

function outcomes(rows: readonly DemoRow[]): string {
  const guarded = rows.filter(byAssay)
  const [served, refused] = (['served', 'refused'] as const).map(
    (outcome) =>
      `${String(guarded.filter(({ actual }) => actual === outcome).length).padStart(2)} ${outcome}`,
  )
  const through = rows.filter((row) => !byAssay(row) && row.actual === 'served').length
  const wrong = rows.filter(({ actual, expected }) => actual !== expected).length
  return [
    served,
    refused,
    ...(through === 0 ? [] : [`without Assay ${through} served`]),
    ...(wrong === 0 ? [] : [`${wrong} NOT AS IT SHOULD BE`]),
  ].join(', ')
}

const byAssay = ({ level }: DemoRow) => level === 'assay-software' || level === 'assay-hardware'
