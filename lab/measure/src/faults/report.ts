import { readFile, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Length } from './fault/fault.ts'
import { stores, type Store } from './stage/store.ts'
import type { Result } from './run-faults.ts'

const beginOf = (store: Store) => `<!-- faults@${store}: written by \`npm run faults -- --write-docs\` -->`
const endOf = (store: Store) => `<!-- faults@${store}: end -->`

/** How the rows were measured. */
interface Run {
  readonly length: Length
  /** Rows side by side, at most. */
  readonly atOnce: number
  /** Minutes of the whole run. */
  readonly minutes: number
}

const reportFile = path.resolve(import.meta.dirname, '../../../../docs/faults.md')

/** Writes the results into the page, each store into its section. */
export async function writeReport(results: readonly Result[], run: Run): Promise<void> {
  let page = await readFile(reportFile, 'utf8')
  for (const store of stores) {
    const its = results.filter((each) => each.store === store)
    if (its.length > 0) page = withReport(page, store, `${headOf(run)}\n\n${reportOf(its)}`)
  }
  await writeFile(reportFile, page)
}

/** Describes the run and its machine. */
function headOf({ length, atOnce, minutes }: Run): string {
  const cpus = os.cpus()
  const memory = Math.round(os.totalmem() / 2 ** 30)
  const load = os.loadavg()[2]?.toFixed(1)
  const machine = `${cpus.length} × ${cpus[0]?.model ?? 'unknown'}, ${memory} GB, Linux ${os.release()}, Node ${process.versions.node}`
  const how = `${atOnce === 1 ? 'one row' : `up to ${atOnce} rows`} at a time, ${Math.ceil(minutes)} minutes`
  return `The ${length} run (${how}; ${machine}; load of the last quarter of an hour: ${load}):`
}

/** One row for each fault, and its figures. */
export function reportOf(results: readonly Result[]): string {
  const table = [
    '| fault | attempts | accepted twice | lost | recovery, ms | passed |',
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
  return [...table, '', ...figures].join('\n').trim()
}

/** The text between the markers of a store, without blank lines around it; `undefined` if there are no markers. */
export function betweenMarkers(page: string, store: Store): string | undefined {
  const from = page.indexOf(beginOf(store))
  const to = page.indexOf(endOf(store))
  return from === -1 || to < from ? undefined : page.slice(from + beginOf(store).length, to).trim()
}

/** @throws Error if the page has no markers */
export function withReport(page: string, store: Store, report: string): string {
  if (betweenMarkers(page, store) === undefined)
    throw new Error(`the page has no markers for the rows of ${store}`)
  const [begin, end] = [beginOf(store), endOf(store)]
  return `${page.slice(0, page.indexOf(begin))}${begin}\n\n${report}\n\n${page.slice(page.indexOf(end))}`
}
