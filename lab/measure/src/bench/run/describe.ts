import type { Row } from '../row/row.ts'
import { entryOf } from '../row/table.ts'
import { inWords } from './check.ts'

/**
 * A row as people read it.
 *
 * @param short whether it is from a short run: then its bounds are left out
 */
export function describe(row: Row, short: boolean): string {
  if ('error' in row) return `${row.id}: FAILED: ${row.error}`
  if ('notRun' in row) return `${row.id}: not run: ${row.notRun}`
  const { bare: baseline, bounds = [] } = entryOf(row.id)
  const beside = [
    row.bare === null ? undefined : `${row.ratio} × bare (${row.bare} ${row.unit}: ${baseline ?? '?'})`,
    row.peer === null ? undefined : `${row.peerRatio} × ${row.peer} (${row.peerValue} ${row.unit})`,
  ].filter((text) => text !== undefined)
  const facts = Object.entries(row.facts ?? {}).map(([name, is]) => `    ${name}: ${String(is)}`)
  const most = short ? [] : bounds.map((bound) => `    bound: ${bound.of} of at most ${inWords(bound)}`)
  return [
    `${row.id}: ${row.value} ${row.unit}${beside.length > 0 ? `, ${beside.join(', ')}` : ''}`,
    ...most,
    ...facts,
  ].join('\n')
}
