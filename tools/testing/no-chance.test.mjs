/** The canary of the rules in `no-chance.mjs`: the project's own config reports violations in tests. */
import { ESLint, Linter } from 'eslint'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const eslint = new ESLint({ cwd: root })
const rules = new Map()

beforeAll(async () => {
  for (const file of [
    'packages/shared/protocol/test/a.test.ts',
    'packages/shared/protocol/test/a.ts',
    'apps/service/test/a.test.ts',
    'lab/testkit/test/a.test.ts',
  ]) {
    const config = await eslint.calculateConfigForFile(path.join(root, file))
    rules.set(file, config.rules['no-restricted-syntax'])
  }
})

const reported = (file, text) =>
  new Linter({ configType: 'flat' })
    .verify(text, [{ rules: { 'no-restricted-syntax': rules.get(file) } }])
    .map(({ message }) => message)

const forbidden = [
  'const a = Math.random()',
  "import { randomBytes } from 'node:crypto'",
  "import { generateKeyPairSync as make } from 'node:crypto'",
  "import { generateKeyPair } from 'jose'",
  'crypto.getRandomValues(new Uint8Array(1))',
  'const id = crypto.randomUUID()',
  "await webcrypto.subtle.generateKey('Ed25519', true, [])",
  'fc.assert(property, { seed: 1 })',
]

test.each(['packages/shared/protocol', 'apps/service', 'lab/testkit'])(
  'chance is reported in %s',
  (folder) => {
    for (const text of forbidden) expect(reported(`${folder}/test/a.test.ts`, text), text).toHaveLength(1)
  },
)

test('fixed and seeded values are not reported', () => {
  const text = "import { sign } from 'node:crypto'\nfc.assert(property, { numRuns: 5 })\nfixedRandom('a')(4)"
  expect(reported('packages/shared/protocol/test/a.test.ts', text)).toEqual([])
})

test('the clock is reported in tests of packages', () => {
  for (const text of ['const now = Date.now()', 'const now = new Date()'])
    expect(reported('packages/shared/protocol/test/a.test.ts', text), text).toHaveLength(1)
  expect(reported('packages/shared/protocol/test/a.test.ts', 'new Date(0)')).toEqual([])
})

test('a hook is reported where several test files would share it, and nowhere else', () => {
  const text = 'afterEach(() => undefined)'
  expect(reported('packages/shared/protocol/test/a.ts', text)).toHaveLength(1)
  expect(reported('packages/shared/protocol/test/a.test.ts', text)).toEqual([])
  expect(reported('packages/shared/protocol/test/a.ts', `export function b() { ${text} }`)).toEqual([])
})
