import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Length } from './fault.ts'
import type { Result } from './run-faults.ts'

const begin = '<!-- faults: written by `npm run faults -- --write-docs` -->'
const end = '<!-- faults: end -->'

const reportFile = path.resolve(import.meta.dirname, '../../../docs/faults.md')

/** Puts what came of the faults into the page. */
export async function writeReport(results: readonly Result[], length: Length): Promise<void> {
  await writeFile(reportFile, withReport(await readFile(reportFile, 'utf8'), reportOf(results, length)))
}

/** One row for each fault and store, and the figures of each. */
export function reportOf(results: readonly Result[], length: Length): string {
  const table = [
    '| fault | attempts | accepted twice | lost | recovery, ms | as wanted |',
    '| --- | --- | --- | --- | --- | --- |',
    ...results.map(
      ({ row: { fault, attempts, doubleAcceptances, losses, recoveryMs, ok } }) =>
        `| \`${fault}\` | ${attempts} | ${doubleAcceptances} | ${losses} | ${recoveryMs} | ${ok ? 'yes' : '**no**'} |`,
    ),
  ]
  const figures = results.flatMap(({ row, outcome }) => {
    const facts = Object.entries(outcome.facts).map(([name, value]) => `${name} ${value}`)
    const unmet = outcome.unmet.map((line) => `**not so: ${line}**`)
    return [...facts, ...unmet].length === 0
      ? []
      : [`- \`${row.fault}\`: ${[...facts, ...unmet].join('; ')}.`]
  })
  return [`The ${length} run:\n`, ...table, '', ...figures].join('\n')
}

/** What stands between the markers of a page, without the blank lines around it; `undefined` where they are not. */
export function betweenMarkers(page: string): string | undefined {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  return from === -1 || to < from ? undefined : page.slice(from + begin.length, to).trim()
}

/** @throws Error where the page has no markers */
export function withReport(page: string, report: string): string {
  if (betweenMarkers(page) === undefined) throw new Error('the page has no markers for the rows')
  const from = page.indexOf(begin)
  return `${page.slice(0, from)}${begin}\n\n${report}\n\n${page.slice(page.indexOf(end))}`
}
