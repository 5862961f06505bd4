/**
 * `npm test` and `npm run test:all`: builds, runs the parts of the tests that are named (`testing/test-parts.json`; default: all), says what
 * packages and the slowest files took, and ends with one line `N passed, N failed`. Tests that need a tool which this machine lacks print one
 * `not run: …` line. With ASSAY_REQUIRE_ALL=1 they fail, and so does a file that takes too long (`testing/test-costs.mjs`).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { buildConsole } from './build-console.mjs'
import {
  describePackages,
  describeSlowest,
  findTooCostly,
  findUnlisted,
  readCosts,
} from './testing/test-costs.mjs'
import { describeRest, planRun } from './testing/test-parts.mjs'
import { tsc } from './tsc.mjs'

const root = path.resolve(import.meta.dirname, '..')
const resolve = createRequire(import.meta.url).resolve
const run = (file, args, env = {}) =>
  spawnSync(process.execPath, [file, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  }).status ?? 1

const plan = planOf(process.argv.slice(2))
if (run(tsc, ['-b']) !== 0) {
  console.error('the build failed; no test was run')
  process.exit(1)
}
await buildConsole()
const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-test-'))
const report = path.join(folder, 'report.json')
const costs = path.join(folder, 'costs')
const vitest = path.join(path.dirname(resolve('vitest/package.json')), 'vitest.mjs')
const args = [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...plan.vitestArgs,
]
let status = run(vitest, args, { ASSAY_TEST_COSTS: costs, ASSAY_SMOKE_RUNS: plan.hasSmoke ? '1' : '' })
try {
  const taken = readCosts(costs)
  if (taken.length > 0) console.log([...describePackages(taken), '', ...describeSlowest(taken)].join('\n'))
  const tooCostly = findTooCostly(taken)
  for (const problem of [...findUnlisted(taken), ...tooCostly]) console.log(problem)
  if (tooCostly.length > 0 && process.env['ASSAY_REQUIRE_ALL'] === '1' && status === 0) status = 1
  // A run that found no file, or that ended by a signal, has none.
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numFailedTestSuites: 0 }
  const failed = Math.max(numFailedTests, status === 0 ? 0 : 1, numFailedTestSuites > 0 ? 1 : 0)
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
  if (plan.isOrdinary) console.log(describeRest())
  console.log(`${numPassedTests} passed, ${failed} failed${skipped}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(status)

/** Says what is wrong with invalid arguments. */
function planOf(args) {
  try {
    return planRun(args)
  } catch (error) {
    console.error(error.message)
    process.exit(2)
  }
}
