/** Only their own folders, the composition root and the laboratory name concrete formats of evidence. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { formatNames, namedIn } from './format-names.mjs'

const root = path.resolve(import.meta.dirname, '..')
const names = formatNames(root)

/** Files that may name formats; an SDK collects evidence of its own platform. */
const homes = [
  /^packages\/verifier\/evidence\/src\//,
  /^apps\/service\/src\/composition\//,
  /^packages\/attester\//,
]
const files = ['packages', 'apps'].flatMap((top) =>
  readdirSync(path.join(root, top), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => /^(packages\/[^/]+|apps)\/[^/]+\/src\//.test(file) && !file.includes('node_modules')),
)
const namedBy = (file) => namedIn(readFileSync(path.join(root, file), 'utf8'), names)

const planted = mkdtempSync(path.join(os.tmpdir(), 'assay-formats-'))
afterAll(() => rmSync(planted, { recursive: true, force: true }))

function plantFormat(folder, descriptor) {
  const into = path.join(planted, 'packages/verifier/evidence/src', folder)
  mkdirSync(into, { recursive: true })
  writeFileSync(path.join(into, 'descriptor.ts'), descriptor)
}

test('no other product file names a concrete format of evidence', () => {
  const others = files.filter((file) => !homes.some((home) => home.test(file)))
  expect(others.length).toBeGreaterThan(350)
  const found = others.map((file) => [file, namedBy(file)]).filter(([, named]) => named.length > 0)
  expect(found).toEqual([])
})

test('the search covers the CLI, and finds a planted name in any form', () => {
  expect(files.filter((file) => file.startsWith('apps/cli/src/')).length).toBeGreaterThan(40)
  for (const text of [
    "'play-integrity-keys'",
    'evidence.apple_app_attest',
    '/* Android Key Attestation */',
    'PLAY_INTEGRITY',
    "format === 'software'",
    "case 'example':",
    "evidence.get('software')",
    "{ formats: ['software'] }",
  ])
    expect(namedIn(text, names), text).not.toEqual([])
  expect(namedIn("const evidence = await readEvidence('software')", names)).toEqual([])
})

test('the search covers a new format as soon as it has a descriptor', () => {
  plantFormat('window-seal', "export const descriptor = { name: 'window-seal', version: '1.0' }\n")
  plantFormat('port', '')
  expect(formatNames(planted)).toEqual(['window-seal'])
  expect(namedIn('if (evidence.windowSeal !== undefined)', names)).toEqual([])
  expect(namedIn('if (evidence.windowSeal !== undefined)', formatNames(planted))).toEqual(['window-seal'])
  plantFormat('nameless', 'export const descriptor = describe()\n')
  expect(() => formatNames(planted)).toThrow('format nameless')
})

test('the search finds the names in the folders of the formats', () => {
  const own = files.filter((file) => homes[0].test(file)).filter((file) => namedBy(file).length > 0)
  expect(own.length).toBeGreaterThan(20)
})
