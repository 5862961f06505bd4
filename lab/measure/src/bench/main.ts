import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runCommand } from '@assay/testkit/command-line'
import { machine } from './machine.ts'
import { readOptions, usageOf, type Options } from './options/options.ts'
import { full, long, short } from './row/effort.ts'
import type { Row } from './row/row.ts'
import { table } from './row/table.ts'
import { missed, type BenchDocument } from './run/check.ts'
import { describe } from './run/describe.ts'
import { measureEach, type Measurement } from './run/measure.ts'
import { measurements } from './run/measurements.ts'

const groups = Object.keys(measurements)
await runCommand(
  usageOf(groups),
  (args) => readOptions(args, groups),
  async (options) => (options.check === undefined ? measureAll(options) : check(options.check)),
)

/** Whether every row was measured. */
async function measureAll({ json, jsonl, only, short: isShort, long: isLong }: Options): Promise<boolean> {
  const rows: Row[] = []
  const file = jsonl === undefined ? undefined : fromCaller(jsonl)
  if (file !== undefined) writeFileSync(file, '')
  const begun = performance.now()
  const waiting = Object.entries(measurements).filter(([group]) => only === undefined || only === group)
  // Figures of a short run are not judged: two groups may disturb each other. What takes longest is last in the list.
  if (isShort) waiting.reverse()
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await measureGroup(...next)
  }
  const measureGroup = async (group: string, all: readonly Measurement[]): Promise<void> => {
    const started = performance.now()
    console.error(`measuring ${group} …`)
    for await (const row of measureEach(
      all,
      isShort ? short : isLong ? long : full,
      process.env['ASSAY_REQUIRE_ALL'] === '1',
    )) {
      rows.push(row)
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`)
      if (!json) console.log(describe(row, isShort))
      else if (!('value' in row)) console.error(describe(row, isShort))
    }
    console.error(`measured ${group} in ${secondsSince(started)} s`)
  }
  await Promise.all(isShort ? [lane(), lane()] : [lane()])
  const order = Object.keys(table)
  rows.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
  const document: BenchDocument = { machine: machine(), short: isShort, only: only ?? null, rows }
  if (json) console.log(JSON.stringify(document, null, 2))
  const failed = rows.filter((row) => 'error' in row).length
  console.error(
    `${rows.length} rows on Node ${process.versions.node} in ${secondsSince(begun)} s, ${failed} of them failed`,
  )
  return failed === 0
}

/** Whether every bound is kept. */
function check(file: string): boolean {
  const document = JSON.parse(readFileSync(fromCaller(file), 'utf8')) as BenchDocument
  const groups = document.only === null ? Object.values(measurements) : [measurements[document.only] ?? []]
  const sentences = missed(
    document,
    groups.flat().flatMap(({ rows }) => rows),
  )
  for (const sentence of sentences) console.log(sentence)
  console.log(
    `${sentences.length === 0 ? 'every bound is kept' : `${sentences.length} missed`}, measured on Node ${document.machine['node']}`,
  )
  return sentences.length === 0
}

/** npm starts scripts in the root; a relative path is meant from where npm was called. */
function fromCaller(file: string): string {
  return path.resolve(process.env['INIT_CWD'] ?? '.', file)
}

function secondsSince(begun: number): number {
  return Math.round((performance.now() - begun) / 1_000)
}
