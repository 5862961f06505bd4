/** The canary of the costs of test files: one that takes too long is reported, and what a process costs is measured. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { processorTime } from './processor-time.ts'
import { SlowestFirst } from './slowest-first.ts'
import {
  describePackages,
  describeSlowest,
  findTooCostly,
  findUnlisted,
  listedFrom,
  mostCpu,
  readCosts,
} from './test-costs.mjs'
import { testParts } from './test-parts.mjs'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-costs-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const cost = (file, cpu) => ({ file, cpu, wall: cpu * 2 })

test('a file that takes longer than a file may is reported, unless it is of a part of its own', () => {
  const costs = [
    cost('a.test.ts', mostCpu + 1),
    cost('b.test.ts', mostCpu),
    cost('listed.test.ts', mostCpu + 2),
    cost('phones.test.ts', 999),
  ]
  for (const file of ['listed.test.ts', 'phones.test.ts']) writeFileSync(path.join(folder, file), '')
  const parts = { ordinary: { 'listed.test.ts': 'slow' }, phones: { 'phones.test.ts': 'it compiles' } }
  expect(findTooCostly(costs, parts, folder)).toEqual([
    expect.stringMatching(/^a\.test\.ts takes 61 s of CPU, and a file of npm test may take 60: split it/),
    expect.stringMatching(/^listed\.test\.ts takes 62 s of CPU/),
  ])
})

test('a file that is listed and gone is reported', () => {
  expect(findTooCostly([], { ordinary: {}, phones: { 'gone.test.ts': 'it was slow' } }, folder)).toEqual([
    'gone.test.ts is listed in tools/testing/test-parts.json, and is gone',
  ])
  expect(findTooCostly([])).toEqual([])
})

test('a file that is slow and not listed is named, with what to do', () => {
  const costs = [
    cost('a.test.ts', listedFrom),
    cost('b.test.ts', listedFrom + 1),
    cost('listed.test.ts', 999),
  ]
  const advice = 'make it faster, or list it in tools/testing/test-parts.json with the reason'
  expect(findUnlisted(costs, { ordinary: { 'listed.test.ts': 'it sends a million messages' } })).toEqual([
    `b.test.ts took 21 s of CPU: ${advice}`,
  ])
})

test('files that are listed start first, in the order of the list', async () => {
  const listed = Object.values(testParts).flatMap((part) => Object.keys(part))
  const all = ['apps/cli/test/a.test.ts', ...listed]
  const root = path.resolve(import.meta.dirname, '../..')
  // No run before has left anything.
  const cache = { getFileTestResults: () => undefined, getFileStats: () => undefined }
  const sequencer = new SlowestFirst({ config: { root }, cache })
  const project = { name: '', config: { isolate: false, sequence: { groupOrder: 0 } } }
  const specifications = all.reverse().map((file) => ({ moduleId: path.join(root, file), project }))
  const sorted = await sequencer.sort(specifications)
  expect(sorted.map(({ moduleId }) => path.relative(root, moduleId))).toEqual([
    ...listed,
    'apps/cli/test/a.test.ts',
  ])
})

test('what packages took is shown, the slowest first, and small ones in one line', () => {
  const costs = [
    cost('apps/cli/test/a.test.ts', 2),
    cost('apps/cli/test/commands/b.test.ts', 3),
    cost('tools/sizing/c.test.mjs', 7),
    cost('lab/demo/test/d.test.ts', 0.5),
    cost('lab/measure/test/bench/e.test.ts', 0.25),
  ]
  const [head, ...lines] = describePackages(costs)
  expect(head).toContain(`Node ${process.versions.node}`)
  expect(lines).toEqual([
    '     7.0     14.0  tools',
    '     5.0     10.0  apps/cli',
    '     0.8      1.5  2 others',
  ])
})

test('the ten slowest are shown, the slowest first', () => {
  const costs = Array.from({ length: 12 }, (_, i) => cost(`${i}.test.ts`, i))
  const lines = describeSlowest(costs)
  expect(lines).toHaveLength(11)
  expect(lines[1]).toBe('    11.0     22.0  11.test.ts')
  expect(lines.join()).not.toContain(' 1.test.ts')
})

test('what files took is read line by line, and a run without any has none', () => {
  const file = path.join(folder, 'costs')
  expect(readCosts(file)).toEqual([])
  writeFileSync(file, `${JSON.stringify(cost('a', 1))}\n${JSON.stringify(cost('b', 2))}\n`)
  expect(readCosts(file)).toEqual([cost('a', 1), cost('b', 2)])
})

test('processor time counts the processes that were waited for', () => {
  const before = processorTime()
  // It ends when it has used a quarter of a second, however long that takes.
  const work = 'do {} while (process.cpuUsage().user + process.cpuUsage().system < 250_000)'
  expect(spawnSync(process.execPath, ['-e', work]).status).toBe(0)
  expect(processorTime() - before).toBeGreaterThan(0.2)
})
