import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkDocs } from './check-docs.mjs'

let root = ''
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'assay-docs-'))
  mkdirSync(path.join(root, 'docs/adr'), { recursive: true })
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ scripts: { demo: '' } }))
  writeFileSync(path.join(root, 'docs/a.md'), 'a page')
  writeFileSync(path.join(root, 'docs/adr/1.md'), 'a decision')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a correct tree has no fault', () => {
  writeFileSync(
    path.join(root, 'README.md'),
    '[a](docs/a.md#part) `docs/a.md` `docs/adr/` npm run demo [b](https://b.example)',
  )
  expect(checkDocs(root)).toEqual([])
})

test('dead links, unknown scripts, missing files and unreachable pages are reported', () => {
  writeFileSync(path.join(root, 'README.md'), '[b](docs/b.md) npm run nothing `packages/none` docs/adr/')
  expect(checkDocs(root)).toEqual([
    'README.md: the link docs/b.md leads nowhere',
    'README.md: there is no script nothing',
    'README.md: packages/none does not exist',
    'docs/a.md: no page leads to it',
  ])
})

test('a command with which npm may fetch a package is reported, and any other is not', () => {
  const page = (text) => writeFileSync(path.join(root, 'README.md'), `docs/a.md docs/adr/ ${text}`)
  page('`npm exec --no -- assay init`')
  expect(checkDocs(root)).toEqual([])
  page('`npx assay init`, `npx --yes vite`, `npm exec assay` and npx alone')
  expect(checkDocs(root)).toEqual([
    'README.md: npx assay may fetch a package; npm exec --no does not',
    'README.md: npx --yes vite`, may fetch a package; npm exec --no does not',
    'README.md: npm exec may fetch a package; npm exec --no does not',
    'README.md: npx alone may fetch a package; npm exec --no does not',
  ])
})

test('each folder of code has its own line in the map', () => {
  for (const folder of ['apps/one', 'lab/two', 'lab/three', 'packages/kind/four', 'packages/kind/five'])
    mkdirSync(path.join(root, folder), { recursive: true })
  writeFileSync(path.join(root, 'README.md'), 'docs/a.md docs/adr/ docs/architecture.md')
  const map = (text) => writeFileSync(path.join(root, 'docs/architecture.md'), text)
  map('apps/one  is one\nlab/two, lab/three are more\npackages/kind/four, five\n  have theirs below')
  expect(checkDocs(root)).toEqual([])
  map('apps/one  is one lab/two, lab/three ran into it\npackages/kind/four, five\n')
  expect(checkDocs(root)).toEqual([
    'docs/architecture.md: no line begins with lab/three',
    'docs/architecture.md: no line begins with lab/two',
  ])
})
