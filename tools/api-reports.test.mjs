/** The canary of the API reports: every change of a surface is reported, and nothing else. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkReports, entryPoints } from './api-reports.mjs'
import { publicPackages, publishedPackages } from './published.mjs'

const root = path.resolve(import.meta.dirname, '..')
let folder = ''
let point

const surface = `import { type Inner } from './inner.js'
export declare function judge(request: string): Inner
export interface Options { readonly clock: () => number }
export type Verdict = 'good' | 'bad'
`
const plant = (file, text) => writeFileSync(path.join(folder, file), text)
const check = (more) => checkReports(root, { into: path.join(folder, 'reports'), points: [point], ...more })

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-api-'))
  mkdirSync(path.join(folder, 'reports'))
  plant(
    'package.json',
    JSON.stringify({ name: '@assay/planted', version: '1.0.0', type: 'module', types: 'index.d.ts' }),
  )
  plant('inner.d.ts', 'export interface Inner { kind: string }\n')
  plant('index.d.ts', surface)
  point = { report: 'planted', entry: path.join(folder, 'index.d.ts'), folder }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the check reports a surface without a report, any change of a surface, and a report without a surface', () => {
  expect(check()).toEqual(['planted.api.md'])
  expect(check({ write: true })).toEqual(['planted.api.md'])
  expect(check()).toEqual([])
  for (const [from, to] of [
    ['request: string', 'request?: string'],
    ["| 'bad'", "| 'bad' | 'open'"],
    ['readonly clock', 'clock'],
    ['export interface Options { readonly clock: () => number }\n', ''],
  ]) {
    plant('index.d.ts', surface.replace(from, to))
    expect(check(), to).toEqual(['planted.api.md'])
  }
  plant('index.d.ts', surface)
  const report = path.join(folder, 'reports/planted.api.md')
  const lines = readFileSync(report, 'utf8').split('\n')
  plant('reports/planted.api.md', [...lines].reverse().join('\n'))
  expect(check(), 'the same lines in another order').toEqual([])
  plant('reports/planted.api.md', lines.join('\n'))
  plant('reports/gone.api.md', '')
  expect(check()).toEqual(['gone.api.md'])
  expect(check({ write: true })).toEqual(['gone.api.md'])
  expect(check()).toEqual([])
})

test('a change of what a surface only refers to is a change of the surface, in an internal package too', () => {
  plant('index.d.ts', surface)
  check({ write: true })
  plant('inner.d.ts', 'export interface Inner { kind: number }\n')
  expect(check()).toEqual(['planted.api.md'])
  plant('inner.d.ts', 'export interface Inner { kind: string }\n')
  expect(check()).toEqual([])
  const guard = readFileSync(path.join(root, 'tools/api/guard.api.md'), 'utf8')
  expect(guard).toContain('interface PublicJwk {')
  expect(guard).not.toContain("'@assay/protocol'")
})

test('every entry point of a public package has its report', () => {
  const points = entryPoints(root)
  const folders = publishedPackages(root)
    .filter(({ isPublic }) => isPublic)
    .map(({ dir }) => path.join(root, dir))
  expect(folders).toHaveLength(publicPackages.length)
  // The console consists of files for browsers, and exports nothing.
  expect(folders.filter((of) => !points.some(({ folder: has }) => has === of))).toEqual([
    path.join(root, 'apps/console'),
  ])
  expect(points.length).toBeGreaterThan(20)
  for (const { report } of points)
    expect(readFileSync(path.join(root, 'tools/api', `${report}.api.md`), 'utf8')).toContain(
      'API Report File',
    )
})
