/** The canary of the costs of test files: one that takes too long is reported, and what a process costs is measured. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { processorTime } from './processor-time.ts'
import { costlyFiles, describeSlowest, findTooCostly, mostCpu, readCosts } from './test-costs.mjs'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-costs-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const cost = (file, cpu) => ({ file, cpu, wall: cpu * 2 })

test('a file that takes longer than a file may is reported, unless it is listed', () => {
  const costs = [cost('a.test.ts', mostCpu + 1), cost('b.test.ts', mostCpu), cost('listed.test.ts', 999)]
  writeFileSync(path.join(folder, 'listed.test.ts'), '')
  const listed = { 'listed.test.ts': 'it sends a million messages' }
  expect(findTooCostly(costs, listed, folder)).toEqual([
    'a.test.ts takes 61 s of CPU, and a test file may take 60',
  ])
})

test('a file that is listed and gone is reported', () => {
  expect(findTooCostly([], { 'gone.test.ts': 'it was slow' }, folder)).toEqual([
    'gone.test.ts is listed in tools/testing/test-costs.mjs, and is gone',
  ])
  expect(findTooCostly([])).toEqual([])
  for (const reason of Object.values(costlyFiles)) expect(reason).toMatch(/\w{3}/)
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
