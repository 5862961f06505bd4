/**
 * The canary of the import rules: it plants violations in a copy of the workspace's skeleton, and each must be reported.
 * Without it, a resolver that resolves nothing would look like a clean project.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkLayers, cruiseWorkspace, unusedEntries } from './check-layers.mjs'
import { folderProblems } from './folder-order.mjs'
import { layers, serviceRooms } from './layers.mjs'

const root = path.resolve(import.meta.dirname, '..')
const names = Object.keys(layers)
let copy = ''

/** Names of libraries: one of each kind that attestation must not use, and an unknown one. */
const libraries = [
  ...['fastify', 'fastify-type-provider-zod', '@fastify/cors', 'light-my-request', 'zod'],
  ...['kysely', 'better-sqlite3', 'pg', 'iovalkey', 'jose', 'prom-client'],
  ...['@opentelemetry/api', '@opentelemetry/sdk-trace-base', 'heard-of-by-nobody', '@nobody/packages'],
]

const planted = [
  ['packages/relying-party/guard/src/a.ts', "import '@assay/tokens'", 'layers:@assay/guard'],
  ['packages/verifier/tokens/src/a.ts', "import '../../codec/src/index.ts'", 'layers:@assay/tokens'],
  [
    'packages/attester/client/src/a.ts',
    "import type { a } from '@assay/evidence'\nexport type b = a",
    'layers:@assay/client',
  ],
  [
    'packages/verifier/codec/src/a.ts',
    "export const late = () => import('@assay/service')",
    'layers:@assay/codec',
  ],
  ['packages/shared/measurement/src/a.ts', "export * from '@assay/client'", 'layers:@assay/measurement'],
  ['packages/shared/protocol/src/a.ts', "import '@assay/service'", 'layers:@assay/protocol'],
  ['packages/attester/client/src/web/a.ts', "import 'node:crypto'", 'no-node:@assay/client'],
  ['packages/shared/measurement/src/b.ts', "import 'node:fs'", 'no-node:@assay/measurement'],
  ['packages/verifier/app-image/src/a.ts', "import '@assay/codec/src/index.ts'", 'no-unresolvable'],
  ['packages/verifier/evidence/src/example/a.ts', "import '../software/index.ts'", 'evidence-siblings'],
  ['packages/verifier/evidence/src/port/a.ts', "import '../software/index.ts'", 'evidence-port'],
  [
    'packages/verifier/tokens/src/b.ts',
    "import { a } from '@assay/appraisal'\nexport const b = a",
    'types-only:@assay/tokens->@assay/appraisal',
  ],
  ['apps/service/src/a.ts', "import '@assay/testkit'", 'layers:@assay/service'],
  ['apps/service/src/b.ts', "import '../test/a.test.ts'", 'tests-stay-out'],
  ...['kysely', 'better-sqlite3', 'pg', 'iovalkey'].map((library, i) => [
    `apps/service/src/provisioning/library-${i}.ts`,
    `import '${library}'`,
    'query-builder',
  ]),
  ['apps/service/src/provisioning/b.usecases.ts', "import '@assay/evidence/software'", 'concrete-formats'],
  ['apps/service/src/attestation/format.ts', "import '@assay/evidence/software'", 'concrete-formats'],
  ...libraries.map((library, i) => [
    `apps/service/src/attestation/library-${i}.ts`,
    `import type { a } from '${library}'\nexport type b = a`,
    'attestation-stands-alone',
  ]),
  ...['node:http', 'node:sqlite', 'node:fs/promises', 'timers'].map((module, i) => [
    `apps/service/src/attestation/module-${i}.ts`,
    `import '${module}'`,
    'attestation-stands-alone',
  ]),
  [
    'apps/service/src/attestation/schemas.ts',
    "import { app } from '@assay/protocol/schemas'\nexport const b = app",
    'attestation-stands-alone',
  ],
  ...Object.entries(serviceRooms).flatMap(([room, may]) => [
    ...Object.keys(serviceRooms)
      .filter((other) => other !== room && !may.includes(other))
      .map((other) => [
        `apps/service/src/${room}/to-${other}.ts`,
        `import type { a } from '../${other}/room.ts'\nexport type b = a`,
        `rooms:${room}`,
      ]),
  ]),
  [
    'packages/relying-party/guard/src/b.ts',
    "import '@assay/protocol/schemas'",
    'subpath:@assay/protocol/schemas',
  ],
  [
    'packages/verifier/app-image/src/b.ts',
    "import type { App } from '@assay/protocol/schemas'\nexport type b = App",
    'subpath:@assay/protocol/schemas',
  ],
  [
    'apps/cli/src/forms.ts',
    "import { app } from '@assay/protocol/schemas'\nexport const b = app",
    'subpath-types-only:@assay/protocol/schemas',
  ],
  [
    'packages/attester/client/test/forms.ts',
    "import { app } from '@assay/protocol/schemas'\nexport const b = app",
    'subpath-types-only:@assay/protocol/schemas',
  ],
  [
    'packages/attester/client/src/texts.ts',
    "import '@assay/measurement/codes'",
    'texts-stay-out:@assay/client',
  ],
  [
    'packages/relying-party/guard/src/texts.ts',
    "import { a } from './codes.ts'\nexport const b = a",
    'texts-stay-out:@assay/guard',
  ],
  [
    'packages/shared/measurement/src/texts.ts',
    "import { a } from '@assay/protocol/codes'\nexport const b = a",
    'texts-stay-out:@assay/measurement',
  ],
  ['apps/cli/src/evidence.ts', "import '@assay/evidence'", 'codes-only:@assay/cli->@assay/evidence'],
  ['apps/cli/src/format.ts', "import '@assay/evidence/software'", 'concrete-formats'],
  ['lab/attacks/src/attacks/a.ts', "import '@assay/testkit/victims'", 'attacks-black-box'],
  ['lab/attacks/src/attacks/b.ts', "import '../harness/a.ts'", 'attacks-know-the-world'],
  ['lab/attacks/src/harness/b.ts', "import '@assay/cli'", 'layers:@assay/attacks'],
  ['lab/attacks/src/attacks/c.ts', "import '@assay/guard'", 'layers:@assay/attacks'],
  ['lab/testkit/src/a.ts', "import '@assay/guard'", 'guards-of-victims'],
  ['lab/testkit/src/victims/a.ts', "import '../../../demo/src/index.ts'", 'layers:@assay/testkit'],
]

/** Files out of order, in every package: of each kind one, each in folders of its own below `src/order`. */
const disordered = names.flatMap((name) =>
  [
    ['up/deep/a.ts', "import type { a } from '../b.ts'\nexport type c = a", 'arrow-back'],
    ['up/b.ts'],
    ['top/deep/deeper/a.ts', "import '../../../down.ts'", 'arrow-back'],
    ['files/a.ts', "import type { a } from './b.ts'\nexport type c = a", 'file-circle'],
    ['files/b.ts', "import type { a } from './c.ts'\nexport type c = a"],
    ['files/c.ts', "import type { c } from './a.ts'\nexport type a = c"],
    // Two folders, no file of which is in a circle.
    ['two/one/a.ts', "import '../two/a.ts'", 'folder-circle'],
    ['two/two/a.ts'],
    ['two/two/b.ts', "import type { a } from '../one/b.ts'\nexport type b = a"],
    ['two/one/b.ts'],
    // Three, of each two of which only one imports the other; and files at another depth.
    ['three/one/a.ts', "import '../two/deep/a.ts'", 'folder-circle'],
    ['three/two/deep/a.ts'],
    ['three/two/b.ts', "import '../three/a.ts'"],
    ['three/three/a.ts'],
    ['three/three/deep/b.ts', "import '../../one/b.ts'"],
    ['three/one/b.ts'],
  ].map(([file, text = '', rule]) => [`${layers[name].dir}/src/order/${file}`, text, rule]),
)

/** Where a problem of `folder-order.mjs` is reported: the file, the package or the folder around those in the circle. */
function placeOf([file, , rule]) {
  if (rule === 'arrow-back') return file
  if (rule === 'file-circle') return file.replace(/\/src\/.*$/, '/src')
  return path.posix.dirname(path.posix.dirname(file))
}

/** Imports that no rule forbids. */
const allowed = [
  ...names.flatMap((name) => [
    [`${layers[name].dir}/src/order/down.ts`, "import './ordered/one/a.ts'"],
    [`${layers[name].dir}/src/order/ordered/one/a.ts`, "import '../two/deep/a.ts'"],
    [`${layers[name].dir}/src/order/ordered/one/deep/a.ts`, "import '../../two/a.ts'"],
    [`${layers[name].dir}/src/order/ordered/two/a.ts`, "import './deep/a.ts'"],
    [`${layers[name].dir}/src/order/ordered/two/deep/a.ts`, ''],
  ]),
  // What `attestation` may use, and a file of its own.
  ...[
    ...['lru-cache', 'node:crypto', 'node:timers/promises', 'node:zlib', './room.ts'],
    ...['@assay/protocol', '@assay/evidence', '@assay/tokens'],
  ].map((specifier, i) => [`apps/service/src/attestation/allowed-${i}.ts`, `import '${specifier}'`]),
]

/** Files that the planted imports point at. */
const targets = [
  'lab/attacks/src/harness/a.ts',
  'apps/service/test/a.test.ts',
  'packages/verifier/codec/test/a.ts',
  ...Object.keys(serviceRooms).map((room) => `apps/service/src/${room}/room.ts`),
]

function write(file, text) {
  mkdirSync(path.dirname(path.join(copy, file)), { recursive: true })
  writeFileSync(path.join(copy, file), text)
}

beforeAll(() => {
  copy = mkdtempSync(path.join(os.tmpdir(), 'assay-layers-'))
  for (const file of ['package.json', 'tsconfig.base.json'])
    cpSync(path.join(root, file), path.join(copy, file))
  mkdirSync(path.join(copy, 'node_modules/@assay'), { recursive: true })
  for (const name of names) {
    const { dir } = layers[name]
    const manifest = JSON.parse(readFileSync(path.join(root, dir, 'package.json'), 'utf8'))
    write(`${dir}/package.json`, JSON.stringify(manifest))
    cpSync(path.join(root, dir, 'tsconfig.json'), path.join(copy, dir, 'tsconfig.json'))
    for (const entry of Object.values(manifest.exports)) {
      // A file without TypeScript source is plain JavaScript: a plugin of a build tool.
      if (typeof entry === 'object' && '@assay/source' in entry)
        write(`${dir}/${entry['@assay/source'].slice(2)}`, 'export const a = 1\n')
    }
    symlinkSync(path.join(copy, dir), path.join(copy, 'node_modules', name))
  }
  for (const dependency of [...libraries, 'lru-cache']) {
    write(`node_modules/${dependency}/package.json`, JSON.stringify({ name: dependency, main: 'index.js' }))
    write(`node_modules/${dependency}/index.js`, '')
  }
  for (const file of targets) write(file, 'export const a = 1\n')
  for (const [file, text] of [...planted, ...disordered, ...allowed]) write(file, `${text}\nexport {}\n`)
})

afterAll(() => rmSync(copy, { recursive: true, force: true }))

const cruised = (() => {
  let output
  return () => (output ??= cruiseWorkspace(copy))
})()

test('every planted violation is reported under its rule', async () => {
  const { modules, summary } = await cruised()
  expect(modules.length).toBeGreaterThanOrEqual(names.length + planted.length + disordered.length)
  for (const [file, , rule] of planted) {
    const reported = summary.violations.filter(({ from }) => from === file).map(({ rule: { name } }) => name)
    expect(reported, file).toContain(rule)
  }
})

test('only planted violations are reported', async () => {
  const { summary } = await cruised()
  const files = new Set(planted.map(([file]) => file))
  expect(summary.violations.filter(({ from }) => !files.has(from))).toEqual([])
})

test('what is out of order in a package is reported, and nothing else', async () => {
  const { modules } = await cruised()
  const reported = folderProblems(modules)
    // The imports between rooms that are planted above.
    .filter(({ rule, at }) => rule !== 'folder-circle' || at !== 'apps/service/src')
    .map(({ rule, at }) => `${rule} ${at}`)
  const expected = disordered
    .filter(([, , rule]) => rule !== undefined)
    .map((violation) => `${violation[2]} ${placeOf(violation)}`)
  expect(reported.sort()).toEqual(expected.sort())
})

test('a circle is reported with the imports that make it', async () => {
  const { modules } = await cruised()
  const { dir } = layers['@assay/guard']
  const problems = folderProblems(modules, { guard: { dir } })
  expect(problems.filter(({ at }) => at.endsWith('/two')).map(({ text }) => text)).toEqual([
    `${dir}/src/order/two/one/a.ts -> ${dir}/src/order/two/two/a.ts, ${dir}/src/order/two/two/b.ts -> ${dir}/src/order/two/one/b.ts`,
  ])
})

test('a room of the service may import only rooms below it, and each folder is a room', () => {
  const rooms = Object.keys(serviceRooms)
  for (const [i, room] of rooms.entries()) {
    for (const other of serviceRooms[room])
      expect(rooms.indexOf(other), `${room} -> ${other}`).toBeGreaterThan(i)
  }
  const folders = readdirSync(path.join(root, 'apps/service/src'), { withFileTypes: true })
  expect(
    folders
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...rooms].sort())
})

test('a dependency that the table forbids is reported, declared or not', () => {
  const dir = layers['@assay/guard'].dir
  const file = path.join(copy, dir, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  expect(checkLayers(copy)).toEqual([])
  writeFileSync(
    file,
    JSON.stringify({ ...manifest, dependencies: { ...manifest.dependencies, '@assay/tokens': '0.0.0' } }),
  )
  expect(checkLayers(copy)).toEqual([
    '@assay/guard: package.json depends on @assay/tokens, which it may not import',
    '@assay/guard: package.json depends on packages/verifier/tokens, tsconfig.json does not',
  ])
  writeFileSync(file, JSON.stringify(manifest))
})

test('a permission that no source needs is reported, of a package, a narrowing and a subpath', () => {
  expect(unusedEntries(root)).toEqual([])
  const guard = layers['@assay/guard']
  const wider = { ...guard, may: [...guard.may, '@assay/codec'], types: ['@assay/tokens'] }
  expect(
    unusedEntries(
      root,
      { ...layers, '@assay/guard': wider },
      { '@assay/protocol/schemas': { may: ['@assay/service'], types: ['@assay/guard'] } },
    ),
  ).toEqual([
    '@assay/guard: may import @assay/codec, and does not',
    '@assay/guard: is narrowed for @assay/tokens, which it may not import',
    '@assay/guard: may import @assay/protocol/schemas, and does not',
  ])
})

test('a package of another scope is reported', () => {
  const dir = layers['@assay/guard'].dir
  const file = path.join(copy, dir, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...manifest, name: '@other/guard' }))
  expect(checkLayers(copy, { ...layers, '@other/guard': layers['@assay/guard'] })).toContain(
    '@other/guard: not in the scope of tools/scope.mjs',
  )
  writeFileSync(file, JSON.stringify(manifest))
})
