import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { installed, NotInstalled } from './installed.mjs'

const linters = { publint: '0.3.25', '@arethetypeswrong/cli': '0.18.5' }
/** Packages that CommonJS programs may require; the others are modules only. */
const withCommonJs = new Set(['@assay/protocol', '@assay/guard'])
const everyTarball = ['package/LICENSE', 'package/README.md', 'package/package.json']
/** Files that are built separately. */
const besides = {
  '@assay/cli': ['package/dist/program/main.mjs', 'package/dist/program/licenses.txt'],
  '@assay/console': ['package/dist/index.html', 'package/dist/assets/licenses.txt'],
  '@assay/service': ['package/dist/reader/main.mjs', 'package/dist/reader/licenses.txt'],
}

/**
 * Checks the tarballs as a consumer would.
 *
 * @param {string} root
 * @param {readonly { name: string, tarball: string }[]} packed
 * @returns {Promise<string[]>} what is wrong
 */
export async function checkPacked(root, packed) {
  const tools = await lintersOrWhyNot()
  return [
    ...packed.flatMap(checkContent),
    ...(tools.problem === undefined ? packed.flatMap((each) => lint(tools.folder, each)) : [tools.problem]),
    ...(packed.some(({ name }) => name === '@assay/guard') ? checkGuard(root, packed) : []),
    ...checkSdkTypes(packed),
  ]
}

/** These are not dependencies of the project: the first check fetches them, and needs a registry for that. */
async function lintersOrWhyNot() {
  try {
    return { folder: await installed('package-linters', linters) }
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error
    return { problem: `publint and Are the types wrong could not be fetched: ${error.message}` }
  }
}

/** Checks which files a tarball has. */
export function checkContent({ name, tarball }) {
  const entries = output('tar', ['-tzf', tarball]).split('\n')
  return [
    ...[...everyTarball, ...(besides[name] ?? [])]
      .filter((entry) => !entries.includes(entry))
      .map((entry) => `${name}: no ${entry}`),
    ...entries.filter((entry) => entry.endsWith('.tsbuildinfo')).map((entry) => `${name}: holds ${entry}`),
  ]
}

function lint(tools, { name, tarball }) {
  const bin = (program) => path.join(tools, 'node_modules/.bin', program)
  const profile = withCommonJs.has(name) ? 'node16' : 'esm-only'
  return [
    ...failure(`${name}: publint`, bin('publint'), ['run', tarball, '--strict']),
    ...failure(`${name}: attw`, bin('attw'), [
      tarball,
      '--profile',
      profile,
      '--no-emoji',
      '--format',
      'ascii',
    ]),
  ]
}

/**
 * Installs the guard alone in an empty folder: it brings no schema library, can be required and imported, and its types
 * need nothing else.
 */
function checkGuard(root, packed) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-guard-'))
  try {
    const tarballs = packed.filter(({ name }) => withCommonJs.has(name)).map(({ tarball }) => tarball)
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }')
    const install = ['install', '--no-audit', '--no-fund', '--loglevel', 'error', ...tarballs]
    const failed = failure('@assay/guard: npm install', 'npm', install, folder)
    if (failed.length > 0) return failed
    const brought = readdirSync(path.join(folder, 'node_modules')).filter((each) => !each.startsWith('.'))
    writePrograms(folder)
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
    return [
      ...(brought.join() === '@assay' ? [] : [`@assay/guard: brings ${brought.join(', ')}`]),
      ...failure('@assay/guard: required', process.execPath, ['required.cjs'], folder),
      ...failure('@assay/guard: imported', process.execPath, ['imported.mjs'], folder),
      ...failure('@assay/guard: types', process.execPath, [tsc, '-p', folder], folder),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What apps and their builds install. */
const sdks = [
  '@assay/protocol',
  '@assay/measurement',
  '@assay/client',
  '@assay/react-native',
  '@assay/web-build',
]
/** What they name of their peers and dependencies outside the project, which are not there. */
const besideSdks = `
declare module 'react' { type ReactNode = unknown; type ReactElement = unknown }
declare module 'react-native' { interface TurboModule {} }
declare module 'unplugin' { type UnpluginInstance<Options> = Options }
`

/**
 * Compiles a program that names every SDK, where there is no schema library and declarations of libraries are checked
 * too: nothing that apps install may need the types of a form.
 */
export function checkSdkTypes(packed) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-sdks-'))
  try {
    const present = packed.filter(({ name }) => sdks.includes(name))
    for (const { name, tarball } of present) {
      const to = path.join(folder, 'node_modules', name)
      mkdirSync(to, { recursive: true })
      output('tar', ['-xzf', tarball, '-C', to, '--strip-components', '1'])
    }
    const write = (name, text) => writeFileSync(path.join(folder, name), text)
    write('package.json', '{ "private": true, "type": "module" }')
    write('others.d.ts', besideSdks)
    write('sdks.ts', present.map(({ name }, i) => `export * as sdk${i} from '${name}'`).join('\n'))
    write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          ...{ lib: ['ES2023', 'DOM', 'DOM.Iterable'], types: [], module: 'NodeNext' },
          ...{ strict: true, skipLibCheck: false, noEmit: true },
        },
        include: ['*.ts'],
      }),
    )
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
    return failure(
      'types of the SDKs without a schema library',
      process.execPath,
      [tsc, '-p', folder],
      folder,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const use = `
const options = {
  issuer: 'https://attest.example', audience: 'https://api.example',
  jwks: { url: 'https://attest.example/jwks', fetch: async () => { throw new Error('never') } },
  mode: 'bound', apps: ['com.example.app'], tiers: ['affirming'],
}
const request = { method: 'GET', url: '/', headers: {} }
createGuard({ ...options, clock: Date.now }).verify(request).then((decision) => {
  if (decision.code !== 'TOKEN_MISSING') process.exit(1)
})
`
const inNode = `
if (createNodeGuard(options).singleUse !== 'once_per_node') process.exit(1)
for (const adapter of [express, fastify, hono]) {
  if (typeof adapter.requireAttestation !== 'function') process.exit(1)
}
`

function writePrograms(folder) {
  const write = (name, text) => writeFileSync(path.join(folder, name), text)
  const subpaths = ['express', 'fastify', 'hono']
  write(
    'required.cjs',
    [
      `const { createGuard } = require('@assay/guard')`,
      `const { createNodeGuard } = require('@assay/guard/node')`,
      ...subpaths.map((each) => `const ${each} = require('@assay/guard/${each}')`),
      // Otherwise Node itself may have required the ES modules.
      `if (!require.resolve('@assay/guard').includes('cjs')) process.exit(1)`,
      use,
      inNode,
    ].join('\n'),
  )
  write(
    'imported.mjs',
    [
      `import { createGuard } from '@assay/guard'`,
      `import { createNodeGuard } from '@assay/guard/node'`,
      ...subpaths.map((each) => `import * as ${each} from '@assay/guard/${each}'`),
      use,
      inNode,
    ].join('\n'),
  )
  mkdirSync(path.join(folder, 'types'))
  const typed = [
    `import { createGuard, type Decision, type FetchDocument } from '@assay/guard'`,
    `declare const fetch: FetchDocument`,
    `export const decided: Promise<Decision> = createGuard({`,
    `  issuer: 'https://attest.example', audience: 'https://api.example',`,
    `  jwks: { url: 'https://attest.example/jwks', fetch },`,
    `  mode: 'bound', apps: ['com.example.app'], tiers: ['affirming'], clock: () => 1,`,
    `}).verify({ method: 'GET', url: '/', headers: {} })`,
  ].join('\n')
  write('types/module.mts', typed)
  write('types/common.cts', typed)
  write(
    'tsconfig.json',
    JSON.stringify({
      // No DOM or Node types: the core's types must be self-contained.
      compilerOptions: { lib: ['ES2023'], types: [], module: 'NodeNext', strict: true, noEmit: true },
      include: ['types'],
    }),
  )
}

function failure(what, command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status === 0) return []
  return [`${what} fails:\n${error ?? ''}${stdout}${stderr}`]
}

function output(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
