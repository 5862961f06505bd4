/** The canary of the parts: each test file belongs to exactly one, and a run of all parts runs each file once. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { describeRest, planRun, testParts } from './test-parts.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const listed = Object.values(testParts).flatMap((part) => Object.keys(part))
const parts = { ordinary: { 'first.test.ts': 'a' }, phones: { 'a.test.ts': 'b', 'b.test.ts': 'c' } }
const withRelease = { ...parts, proxies: { 'c.test.ts': 'd' }, release: { 'd.test.ts': 'e' } }

/** Test files below a folder, as vitest finds them. */
const testFiles = (folder) =>
  readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`
    if (entry.isDirectory()) return /^(?:node_modules|dist|src)$/.test(entry.name) ? [] : testFiles(file)
    return /\.test\.(?:ts|mjs)$/.test(entry.name) ? [file] : []
  })

test('each file is of one part, and those that are listed are test files, with a reason', () => {
  const files = ['packages', 'apps', 'lab', 'tools'].flatMap(testFiles)
  expect(listed.filter((file) => !files.includes(file))).toEqual([])
  expect(listed.filter((file, i) => listed.indexOf(file) !== i)).toEqual([])
  for (const part of Object.values(testParts)) {
    expect(Object.keys(part).length).toBeGreaterThan(0)
    for (const reason of Object.values(part)) expect(reason).toMatch(/\w{3}/)
  }
})

test('the ordinary part is all that no other part lists', () => {
  expect(planRun(['ordinary', '--bail', '1'], parts)).toEqual({
    vitestArgs: ['--exclude', 'a.test.ts', '--exclude', 'b.test.ts', '--bail', '1'],
    hasSmoke: true,
    isOrdinary: true,
  })
})

test('without a name all parts are run, and named parts alone', () => {
  expect(planRun([], parts)).toEqual({ vitestArgs: [], hasSmoke: true, isOrdinary: false })
  expect(planRun(['phones', '-t', 'stolen'], parts)).toEqual({
    vitestArgs: ['a.test.ts', 'b.test.ts', '-t', 'stolen'],
    hasSmoke: false,
    isOrdinary: false,
  })
})

test('the rest is what neither npm test nor check:release runs, and the smoke has been run before it', () => {
  expect(planRun(['rest'], withRelease)).toEqual({
    vitestArgs: ['a.test.ts', 'b.test.ts', 'c.test.ts'],
    hasSmoke: true,
    isOrdinary: false,
  })
  const filesOf = (...args) => planRun(args).vitestArgs.filter((arg) => arg !== '--exclude')
  const left = filesOf('ordinary')
  expect([...filesOf('rest'), ...filesOf('release')].sort()).toEqual(left.sort())
})

test('a name of no part is refused, and a path is not one', () => {
  expect(() => planRun(['phnes'], parts)).toThrow(
    'There is no part phnes. The parts are: ordinary, phones, rest.',
  )
  expect(planRun(['phones', 'lab/demo', '-t', 'word'], parts).vitestArgs.slice(2)).toEqual([
    'lab/demo',
    '-t',
    'word',
  ])
})

test('the line about what npm test leaves out names the parts', () => {
  expect(describeRest(withRelease)).toBe('npm run test:all adds phones, proxies, release (4 files)')
})
