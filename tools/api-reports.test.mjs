/** The canary of the API reports: every change of a surface is reported, and nothing else. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkReports, surfaces } from './api-reports.mjs'
import { publicPackages } from './published.mjs'

const root = path.resolve(import.meta.dirname, '..')
let folder = ''
let of

const surface = `import { type Inner } from './inner.js'
export declare function judge(request: string): Inner
export interface Options { readonly clock: () => number }
export type Verdict = 'good' | 'bad'
`
const inner = 'export interface Inner { kind: string }\n'

/** Changes of a surface, each of a package that is the same as the others before. */
const changes = [
  ['index.d.ts', 'request: string', 'request?: string'],
  ['index.d.ts', "| 'bad'", "| 'bad' | 'open'"],
  ['index.d.ts', 'readonly clock', 'clock'],
  ['index.d.ts', 'export interface Options { readonly clock: () => number }\n', ''],
  // What the surface only refers to.
  ['inner.d.ts', 'kind: string', 'kind: number'],
]
const changed = changes.map((_, i) => `changed-${i}.api.md`)
const plant = (file, text) => writeFileSync(path.join(folder, file), text)
// One check of all packages: the compiler reads the declarations of the platform each time.
const check = (more) => checkReports(root, { into: path.join(folder, 'reports'), of, ...more })

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-api-'))
  mkdirSync(path.join(folder, 'reports'))
  of = ['same', ...changed.map((report) => report.replace('.api.md', ''))].map((name) => {
    const manifest = { name: `@assay/${name}`, version: '1.0.0', type: 'module', types: 'index.d.ts' }
    mkdirSync(path.join(folder, name))
    plant(`${name}/package.json`, JSON.stringify(manifest))
    plant(`${name}/inner.d.ts`, inner)
    plant(`${name}/index.d.ts`, surface)
    return { report: name, folder: path.join(folder, name), entries: { '.': './index.d.ts' } }
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the check reports a surface without a report, any change of a surface, and a report without a surface', () => {
  const all = ['same.api.md', ...changed]
  expect(check()).toEqual(all)
  expect(check({ write: true })).toEqual(all)
  expect(check()).toEqual([])
  for (const [i, [file, from, to]] of changes.entries()) {
    const text = file === 'inner.d.ts' ? inner : surface
    expect(text).toContain(from)
    plant(`changed-${i}/${file}`, text.replace(from, to))
  }
  const report = path.join(folder, 'reports/same.api.md')
  const lines = readFileSync(report, 'utf8').split('\n')
  // The same lines in another order are no change.
  plant('reports/same.api.md', [...lines].reverse().join('\n'))
  expect(check()).toEqual(changed)
  plant('reports/same.api.md', lines.join('\n'))
  plant('reports/gone.api.md', '')
  expect(check()).toEqual([...changed, 'gone.api.md'])
  expect(check({ write: true })).toEqual([...changed, 'gone.api.md'])
  expect(check()).toEqual([])
})

test('the report of a public package has what it shows of an internal one', () => {
  const guard = readFileSync(path.join(root, 'tools/api/guard.api.md'), 'utf8')
  expect(guard).toContain('interface PublicJwk {')
  expect(guard).not.toContain("'@assay/protocol'")
})

test('every public package has one report, with a namespace for each subpath', () => {
  const all = surfaces(root)
  // The console consists of files for browsers, and exports nothing.
  const expected = publicPackages.filter((name) => name !== '@assay/console')
  expect(all.map(({ report }) => `@assay/${report}`).sort()).toEqual(expected.sort())
  const guard = all.find(({ report }) => report === 'guard')
  expect(Object.keys(guard.entries)).toContain('./express')
  expect(readFileSync(path.join(root, 'tools/api/guard.api.md'), 'utf8')).toContain(
    'declare namespace express {',
  )
})
