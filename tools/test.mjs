/**
 * `npm test`: builds, runs every test, says what packages and the slowest files took, and ends with one line `N passed, N failed`. Tests
 * that need a tool which this machine lacks print one `not run: …` line. With ASSAY_REQUIRE_ALL=1 they fail, and so does
 * a file that takes too long (`testing/test-costs.mjs`).
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
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
import { tsc } from './tsc.mjs'

const root = path.resolve(import.meta.dirname, '..')
const resolve = createRequire(import.meta.url).resolve
const run = (file, args, env = {}) =>
  spawnSync(process.execPath, [file, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  }).status ?? 1

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
  ...process.argv.slice(2),
]
let status = run(vitest, args, { ASSAY_TEST_COSTS: costs })
try {
  const taken = readCosts(costs)
  if (taken.length > 0) console.log([...describePackages(taken), '', ...describeSlowest(taken)].join('\n'))
  const tooCostly = findTooCostly(taken)
  for (const problem of [...findUnlisted(taken), ...tooCostly]) console.log(problem)
  if (tooCostly.length > 0 && process.env['ASSAY_REQUIRE_ALL'] === '1' && status === 0) status = 1
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  )
  const failed = Math.max(numFailedTests, status === 0 ? 0 : 1, numFailedTestSuites > 0 ? 1 : 0)
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
  console.log(`${numPassedTests} passed, ${failed} failed${skipped}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(status)
