/** What test files took: by package, the ten slowest, and those that take more than a file may. */
import { existsSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { testParts } from './test-parts.mjs'

/** Seconds of processor time from which on a test file is to be listed. */
export const listedFrom = 20

/** Seconds of processor time that a test file may take unless a part besides the ordinary one lists it. */
export const mostCpu = 60

const filesOf = (parts) => Object.values(parts).flatMap((part) => Object.keys(part))

/** @param {string} file as `record-cost.ts` writes it @returns {{ file: string, cpu: number, wall: number }[]} */
export function readCosts(file) {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

const seconds = (number) => number.toFixed(1).padStart(8)
const sumOf = (costs, key) => costs.reduce((sum, cost) => sum + cost[key], 0)
const byCpu = (costs) => [...costs].sort((a, b) => b.cpu - a.cpu)
const lineOf = ({ cpu, wall }, name) => `${seconds(cpu)} ${seconds(wall)}  ${name}`

/** Lines about each package, with the machine. Packages of less than a second share the last line. */
export function describePackages(costs) {
  const packages = byCpu(
    [...new Set(costs.map(({ file }) => packageOf(file)))].map((name) => {
      const its = costs.filter(({ file }) => packageOf(file) === name)
      return { name, cpu: sumOf(its, 'cpu'), wall: sumOf(its, 'wall') }
    }),
  )
  const small = packages.filter(({ cpu }) => cpu < 1)
  const others = { cpu: sumOf(small, 'cpu'), wall: sumOf(small, 'wall') }
  const cpus = os.cpus()
  return [
    `${'s of CPU'.padStart(8)} ${'s'.padStart(8)}  each package (${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node})`,
    ...packages.filter(({ cpu }) => cpu >= 1).map((each) => lineOf(each, each.name)),
    ...(small.length > 0 ? [lineOf(others, `${small.length} others`)] : []),
  ]
}

/** The folder around `test`; `tools` has none. */
const packageOf = (file) => (file.startsWith('tools/') ? 'tools' : file.replace(/\/test\/.*/, ''))

/** Lines about the ten files that took the most processor time. */
export function describeSlowest(costs) {
  const all = sumOf(costs, 'cpu').toFixed(0)
  return [
    `${'s of CPU'.padStart(8)} ${'s'.padStart(8)}  the slowest of ${costs.length} test files, which took ${all} s of CPU`,
    ...byCpu(costs)
      .slice(0, 10)
      .map((cost) => lineOf(cost, cost.file)),
  ]
}

/** Sentences about files that are to be listed, which a busy machine may cause, too. */
export function findUnlisted(costs, parts = testParts) {
  const listed = new Set(filesOf(parts))
  return byCpu(costs)
    .filter(({ file, cpu }) => cpu > listedFrom && !listed.has(file))
    .map(
      ({ file, cpu }) =>
        `${file} took ${cpu.toFixed(0)} s of CPU: make it faster, or list it in tools/testing/test-parts.json with the reason`,
    )
}

/** Sentences about files that take too long, and about a list that is out of date. */
export function findTooCostly(costs, parts = testParts, root = path.resolve(import.meta.dirname, '../..')) {
  const { ordinary: _, ...others } = parts
  const exempt = new Set(filesOf(others))
  return [
    ...costs
      .filter(({ file, cpu }) => cpu > mostCpu && !exempt.has(file))
      .map(
        ({ file, cpu }) =>
          `${file} takes ${cpu.toFixed(0)} s of CPU, and a file of npm test may take ${mostCpu}: split it, or give it to a part in tools/testing/test-parts.json`,
      ),
    ...filesOf(parts)
      .filter((file) => !existsSync(path.join(root, file)))
      .map((file) => `${file} is listed in tools/testing/test-parts.json, and is gone`),
  ]
}
