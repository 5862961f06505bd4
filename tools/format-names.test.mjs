/** Concrete formats of evidence are named by their own folders, by the composition root, and by the laboratory. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const names = /play[-_ ]?integrity|app[-_ ]?attest|android[-_ ]?key[-_ ]?attestation/i

/** Where they are named rightly; an SDK collects evidence of its own platform. */
const homes = [
  /^packages\/verifier\/evidence\/src\//,
  /^apps\/service\/src\/composition\//,
  /^packages\/attester\//,
  // A dictionary for compression: texts that evidence often holds, and no rule.
  /^apps\/service\/src\/storage\/database\/packed-evidence\.ts$/,
]
const files = ['packages', 'apps'].flatMap((top) =>
  readdirSync(path.join(root, top), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => /^(packages\/[^/]+|apps)\/[^/]+\/src\//.test(file) && !file.includes('node_modules')),
)
const namesOne = (file) => names.test(readFileSync(path.join(root, file), 'utf8'))

test('no other product file names a concrete format of evidence', () => {
  const others = files.filter((file) => !homes.some((home) => home.test(file)))
  expect(others.length).toBeGreaterThan(350)
  expect(others.filter(namesOne)).toEqual([])
})

test('the CLI is among the files, and a name that is planted in it is found, in whatever form', () => {
  expect(files.filter((file) => file.startsWith('apps/cli/src/')).length).toBeGreaterThan(40)
  for (const planted of [
    "'play-integrity-keys'",
    'evidence.apple_app_attest',
    '/* Android Key Attestation */',
    'PLAY_INTEGRITY',
  ])
    expect(names.test(planted), planted).toBe(true)
  expect(names.test('const evidence = await readEvidence()')).toBe(false)
})

test('the search finds names where they are', () => {
  const own = files.filter((file) => homes[0].test(file)).filter(namesOne)
  expect(own.length).toBeGreaterThan(20)
})
