import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { installed, NotInstalled } from '../../installed.mjs'
import { publicPackages } from '../../published.mjs'
import { scope } from '../../scope.mjs'
import { NotRun } from '../not-run.mjs'

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

/** What a program does with each public package, as an ES module; nothing for the console, which has no code for Node. */
const modules = {
  '@assay/guard': `import { createNodeGuard } from '@assay/guard/node'
if (typeof createNodeGuard !== 'function') process.exit(1)`,
  '@assay/client': `import { nodeFolderImage } from '@assay/client/node'
if (typeof nodeFolderImage !== 'function') process.exit(1)`,
  '@assay/web-build': `import { assayBuild } from '@assay/web-build'
if (assayBuild.vite().name !== 'assay') process.exit(1)`,
  '@assay/react-native': `import { bridgeCodes } from '@assay/react-native/codes'
if (Object.keys(bridgeCodes).length === 0) process.exit(1)`,
  '@assay/cli': `import { codeSections } from '@assay/cli/codes'
if (codeSections.length === 0) process.exit(1)`,
  '@assay/service': `import { startService } from '@assay/service'
if (typeof startService !== 'function') process.exit(1)`,
  '@assay/console': '',
  '@assay/evidence': `import { EvidenceError } from '@assay/evidence'
import { appAttestAnchor, appleAppAttestationRoot, appleAppAttest } from '@assay/evidence/apple-app-attest'
appAttestAnchor('Apple', appleAppAttestationRoot.pem)
try {
  appleAppAttest.parse({})
  process.exit(1)
} catch (error) {
  if (!(error instanceof EvidenceError) || error.code !== 'APP_ATTEST_ITEM') throw error
}`,
}
/** The same by `require`, where a package has it. */
const commonJs = {
  '@assay/guard': `const { createNodeGuard } = require('@assay/guard/node')
if (typeof createNodeGuard !== 'function' || !require.resolve('@assay/guard').includes('cjs')) process.exit(1)`,
}
/** Compiled with declarations of libraries checked, where the package promises that they need nothing else. */
const typed = {
  '@assay/guard': `import { createNodeGuard } from '@assay/guard/node'
export const guard: ReturnType<typeof createNodeGuard> | undefined = undefined`,
  '@assay/client': `import { createNodeClient, nodeFolderImage } from '@assay/client/node'
export const client = () => createNodeClient({
  endpoints: ['https://a.example'], app: 'a', build: 'b', audiences: { 'https://b.example': 'https://b.example' },
  image: () => nodeFolderImage('dist'),
})
// @ts-expect-error: an image is required
export const wrong = () => createNodeClient({ endpoints: ['https://a.example'] })`,
  '@assay/evidence': `import { androidKeyContext } from '@assay/evidence/android-key-attestation'
import type { Verified } from '@assay/evidence'
export const context: typeof androidKeyContext = androidKeyContext
export type Claims = Verified<{ a: string }>['claims']`,
}

/** One check for each public package: installed alone in an empty folder, with the internal ones that it names. */
export const npmConsumers = Object.fromEntries(
  publicPackages.map((name) => [`npm: ${name} in a new project`, (given) => npmConsumer(name, given)]),
)

function npmConsumer(name, { folder, place }) {
  installTarballs(folder, place, [name])
  const write = (file, text) => writeFileSync(path.join(place, file), text)
  if (name === '@assay/console')
    return existsSync(path.join(place, 'node_modules', name, 'dist/index.html')) ? [] : ['there is no page']
  write('module.mjs', modules[name])
  const problems = run('imported', process.execPath, ['module.mjs'], place)
  if (commonJs[name] !== undefined) {
    write('common.cjs', commonJs[name])
    problems.push(...run('required', process.execPath, ['common.cjs'], place))
  }
  if (typed[name] !== undefined) {
    write('typed.ts', typed[name])
    const compilerOptions = {
      ...{ lib: ['ES2023', 'DOM', 'DOM.Iterable'], module: 'NodeNext', strict: true, noEmit: true },
      ...{ skipLibCheck: false, types: ['node'] },
    }
    write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['typed.ts'] }))
    problems.push(...run('types', process.execPath, [tsc, '-p', place], place))
  }
  if (name === '@assay/cli') problems.push(...run('assay', 'node_modules/.bin/assay', ['--version'], place))
  return problems
}

/**
 * Installs packages from the folder's tarballs, and whatever of ours they need: a registry is asked only for packages of
 * others.
 */
export function installTarballs(
  folder,
  place,
  names,
  others = { '@types/node': '20.19.43', typescript: '6.0.3' },
) {
  const files = readdirSync(path.join(folder, 'npm')).map((file) => path.join(folder, 'npm', file))
  const known = new Map(
    files.map((file) => [manifestIn(file), file]).map(([m, file]) => [m.name, { ...m, file }]),
  )
  const needed = new Set()
  const need = (name) => {
    if (needed.has(name)) return
    needed.add(name)
    const { dependencies = {} } = known.get(name) ?? {}
    Object.keys(dependencies)
      .filter((each) => each.startsWith(`${scope}/`))
      .forEach(need)
  }
  names.forEach(need)
  const missing = [...needed].filter((name) => !known.has(name))
  if (missing.length > 0) throw new Error(`the folder has no tarball of ${missing.join(', ')}`)
  const ours = Object.fromEntries([...needed].map((name) => [name, `file:${known.get(name).file}`]))
  const manifest = {
    ...{ private: true, type: 'module', allowScripts: { 'better-sqlite3': true } },
    dependencies: { ...others, ...ours },
  }
  writeFileSync(path.join(place, 'package.json'), JSON.stringify(manifest, null, 2))
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error']
  const problems = run('npm install', 'npm', args, place)
  if (problems.length > 0) throw new NotRun(problems.join('\n'))
}

function manifestIn(tarball) {
  const { stdout } = spawnSync('tar', ['-xOzf', tarball, 'package/package.json'], { encoding: 'utf8' })
  return JSON.parse(stdout)
}

/** Expo's own tools carry out the plugin of the tarball, as `app.json` names it. */
export async function expoConsumer({ folder, place }) {
  installTarballs(folder, place, ['@assay/react-native'], await expoTools())
  const expo = path.join(place, 'node_modules/expo')
  mkdirSync(expo, { recursive: true })
  // The whole of what `expo` has under this name; the rest of it is not needed.
  writeFileSync(path.join(expo, 'config-plugins.js'), "module.exports = require('@expo/config-plugins')\n")
  writeFileSync(path.join(expo, 'package.json'), '{ "name": "expo", "version": "58.0.0" }')
  const app = path.join(place, 'android/app/src/main')
  mkdirSync(app, { recursive: true })
  const android = 'xmlns:android="http://schemas.android.com/apk/res/android"'
  writeFileSync(
    path.join(app, 'AndroidManifest.xml'),
    `<manifest ${android}><application android:name=".MainApplication"/></manifest>`,
  )
  writeFileSync(path.join(place, 'android/build.gradle'), '// of the project\n')
  cpSync(path.join(folder, 'maven'), path.join(place, 'maven'), { recursive: true })
  writeFileSync(path.join(place, 'prebuild.cjs'), prebuild)
  return run('prebuild', process.execPath, ['prebuild.cjs'], place)
}

const prebuild = `
const { readFileSync } = require('node:fs')
const { compileModsAsync } = require('@expo/config-plugins')
const plugin = require('@assay/react-native/expo')
const config = plugin(
  {
    name: 'Shop', slug: 'shop', version: '2.4.0', android: { package: 'com.example.shop' },
    _internal: { projectRoot: __dirname },
  },
  { endpoints: ['https://a.example'], audiences: { 'https://b.example': 'b' }, maven: 'maven' },
)
compileModsAsync(config, { projectRoot: __dirname, platforms: ['android'] }).then(() => {
  const { app, build } = JSON.parse(readFileSync('android/app/src/main/assets/assay.json', 'utf8'))
  if (app !== 'com.example.shop' || build !== '2.4.0') throw new Error('the configuration is wrong')
  if (!readFileSync('android/build.gradle', 'utf8').includes('maven')) throw new Error('no repository')
})
`

async function expoTools() {
  const tools = { '@expo/config-plugins': '58.0.13' }
  try {
    await installed('expo-config-plugins', tools)
    return tools
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error
    throw new NotRun(error.message)
  }
}

/** @returns {string[]} its output, if it fails */
export function run(what, command, args, cwd, env = process.env) {
  // npm's settings of the script that started this are not the reader's.
  const clean = Object.fromEntries(
    Object.entries(env).filter(([key]) => !/^npm_(?!config_(registry|cafile|cache)$)/i.test(key)),
  )
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env: clean, encoding: 'utf8' })
  return status === 0 ? [] : [`${what}: ${error ?? ''}${stdout}${stderr}`.slice(-6000)]
}
