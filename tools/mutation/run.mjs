/**
 * `npm run mutation -- [FORMAT…]`: mutation testing of the evidence formats, one after the other, each against its own
 * tests. Writes `docs/mutation/FORMAT.md`. Exits with 1 if fewer than 95 % of the mutants are killed, or if one survives
 * without a reason in `reasons.mjs`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { optionsFor, resultOf } from './options.mjs'
import { reasons } from './reasons.mjs'
import { describeRun, summarise } from './report.mjs'

process.chdir(path.resolve(import.meta.dirname, '../..'))
const asked = process.argv.slice(2)
const unknown = asked.filter((format) => reasons[format] === undefined)
if (unknown.length > 0) {
  console.error(`there is no evidence format ${unknown.join(', ')}`)
  process.exit(2)
}
for (const format of asked.length > 0 ? asked : Object.keys(reasons))
  if (!(await mutate(format))) process.exitCode = 1

/** @returns {Promise<boolean>} whether enough mutants were killed, and each survivor has a reason */
async function mutate(format) {
  // The test runner is a separate process, which inherits this variable.
  process.env.ASSAY_MUTATED_FORMAT = format
  await new Stryker(optionsFor(format)).runMutationTest()
  const summary = summarise(JSON.parse(readFileSync(resultOf(format), 'utf8')), reasons[format])
  const machine = `${os.cpus().length} processors (${os.arch()}), Node ${process.version}`
  const date = new Date().toISOString().slice(0, 10)
  mkdirSync('docs/mutation', { recursive: true })
  writeFileSync(`docs/mutation/${format}.md`, describeRun({ format, date, machine, ...summary }))
  const unexplained = summary.survivors.filter(({ reason }) => reason === undefined)
  for (const { place, change } of unexplained) console.log(`no reason given: ${place}: ${change}`)
  console.log(`${format}: ${summary.score.toFixed(1)} % killed, ${summary.survivors.length} survive`)
  return summary.score >= 95 && unexplained.length === 0
}
