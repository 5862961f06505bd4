/** What test files took: the ten slowest, and those that take more than a file may. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Seconds of processor time that a test file may take unless it is listed. */
export const mostCpu = 60

/**
 * Test files that take longer, each with its reason. A file that only became slow is made faster, or split.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const costlyFiles = {
  'lab/attacks/test/suite.test.ts': 'every attack at every level, in one world of services, phones and APIs',
  'lab/phones/test/android.test.ts':
    'compiles the Android SDK, and runs its tests, every scenario and every attack',
  'lab/phones/test/ios/ios.test.ts':
    'compiles the Swift package, and runs its tests, every situation and every attack',
  'lab/phones/test/react-native.test.ts':
    'compiles the native part, bundles the app twice, and plays scenarios in Hermes over a JVM',
}

/** @param {string} file as `record-cost.ts` writes it @returns {{ file: string, cpu: number, wall: number }[]} */
export function readCosts(file) {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** Lines about the ten files that took the most processor time. */
export function describeSlowest(costs) {
  const sorted = [...costs].sort((a, b) => b.cpu - a.cpu)
  const seconds = (number) => number.toFixed(1).padStart(8)
  const all = costs.reduce((sum, { cpu }) => sum + cpu, 0)
  return [
    `${'s of CPU'.padStart(8)} ${'s'.padStart(8)}  the slowest of ${costs.length} test files, which took ${all.toFixed(0)} s of CPU`,
    ...sorted.slice(0, 10).map(({ file, cpu, wall }) => `${seconds(cpu)} ${seconds(wall)}  ${file}`),
  ]
}

/** Sentences about files that take too long, and about a list that is out of date. */
export function findTooCostly(
  costs,
  listed = costlyFiles,
  root = path.resolve(import.meta.dirname, '../..'),
) {
  return [
    ...costs
      .filter(({ file, cpu }) => cpu > mostCpu && !(file in listed))
      .map(
        ({ file, cpu }) => `${file} takes ${cpu.toFixed(0)} s of CPU, and a test file may take ${mostCpu}`,
      ),
    ...Object.keys(listed)
      .filter((file) => !existsSync(path.join(root, file)))
      .map((file) => `${file} is listed in tools/testing/test-costs.mjs, and is gone`),
  ]
}
