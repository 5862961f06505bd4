import { runCommand } from '@assay/testkit/command-line'
import { catalogue } from './catalogue.ts'
import { writeReport } from './report.ts'
import { readOptions, usage, type Options } from './options.ts'
import { runFaults, type Result } from './run-faults.ts'

const names = catalogue.map(({ name }) => name)
await runCommand(usage, (args) => readOptions(args, names), tryAll)

/** Whether every row passed. */
async function tryAll({ json, short, writeDocs, isAsked, store, atOnce }: Options): Promise<boolean> {
  const tell = (line: string) => void process.stderr.write(`${line}\n`)
  const faults = catalogue.filter(({ name }) => isAsked(name))
  const length = short ? 'short' : 'long'
  const began = performance.now()
  const { results, notRun } = await runFaults(faults, { length, store, atOnce, tell })
  const minutes = (performance.now() - began) / 60_000
  if (json) process.stdout.write(`${JSON.stringify({ rows: results.map(({ row }) => row) })}\n`)
  else for (const result of results) process.stdout.write(`${lineOf(result)}\n`)
  if (writeDocs) await writeReport(results, { length, atOnce, minutes })
  for (const reason of notRun) tell(`not run: ${reason}`)
  const isComplete = notRun.length === 0 || process.env['ASSAY_REQUIRE_ALL'] !== '1'
  return isComplete && results.every(({ row }) => row.ok)
}

function lineOf({ row, outcome }: Result): string {
  const { fault, attempts, doubleAcceptances, losses, recoveryMs, ok } = row
  const facts = Object.entries(outcome.facts).map(([name, value]) => `${name} ${value}`)
  const figures = [
    `${attempts} attempts`,
    `${doubleAcceptances} accepted twice`,
    `${losses} lost`,
    `recovered in ${recoveryMs} ms`,
    ...facts,
  ]
  return [
    `${ok ? 'ok    ' : 'FAILED'} ${fault}: ${figures.join(', ')}`,
    ...outcome.unmet.map((line) => `         not so: ${line}`),
  ].join('\n')
}
