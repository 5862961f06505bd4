import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkContent, checkSdkTypes } from './check-packed.mjs'
import { layers } from './layers.mjs'

const root = path.resolve(import.meta.dirname, '..')
let folder

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-tarball-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function tarballOf(...files) {
  mkdirSync(path.join(folder, 'package/dist'), { recursive: true })
  for (const file of files) writeFileSync(path.join(folder, 'package', file), 'x')
  const tarball = path.join(folder, 'a.tgz')
  spawnSync('tar', ['-czf', tarball, '-C', folder, ...files.map((file) => `package/${file}`)])
  return tarball
}

test('a tarball has its licence and README, and no build information', () => {
  const good = ['LICENSE', 'README.md', 'package.json', 'dist/index.js']
  expect(checkContent({ name: 'a', tarball: tarballOf(...good) })).toEqual([])
  const bad = tarballOf('README.md', 'package.json', 'dist/.tsbuildinfo')
  expect(checkContent({ name: 'a', tarball: bad })).toEqual([
    'a: no package/LICENSE',
    'a: holds package/dist/.tsbuildinfo',
  ])
})

test('the tarball of the console has the page, which is built separately', () => {
  const bare = tarballOf('LICENSE', 'README.md', 'package.json')
  expect(checkContent({ name: '@assay/console', tarball: bare })).toEqual([
    '@assay/console: no package/dist/index.html',
    '@assay/console: no package/dist/assets/licenses.txt',
  ])
})

test('what an app installs may name no type of a schema library', () => {
  const packed = (declarations) => {
    mkdirSync(path.join(folder, 'package'), { recursive: true })
    const files = {
      'package.json': '{ "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }',
      'index.d.ts': declarations,
      'index.js': '',
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, 'package', name), text)
    const tarball = path.join(folder, 'a.tgz')
    spawnSync('tar', ['-czf', tarball, '-C', folder, 'package'])
    return [{ name: '@assay/protocol', tarball }]
  }
  expect(checkSdkTypes(packed('export declare const a: string'))).toEqual([])
  expect(
    checkSdkTypes(packed("import type { z } from 'zod'\nexport declare const a: z.ZodString")).join(),
  ).toContain("Cannot find module 'zod'")
})

test('every package that is not private has the licence of the project', () => {
  const licence = readFileSync(path.join(root, 'LICENSE'), 'utf8')
  for (const { dir } of Object.values(layers)) {
    const manifest = JSON.parse(readFileSync(path.join(root, dir, 'package.json'), 'utf8'))
    if (manifest.private === true) continue
    expect(readFileSync(path.join(root, dir, 'LICENSE'), 'utf8'), dir).toBe(licence)
    expect(manifest.files, dir).toContain('!dist/.tsbuildinfo')
    expect(readdirSync(path.join(root, dir)), dir).toContain('README.md')
  }
})
