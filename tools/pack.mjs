/**
 * `node tools/pack.mjs DIR`: builds the packages that are not private and writes each as a tarball into DIR, for
 * projects outside this repository to install (`npm install DIR/*.tgz`). Install all of them together: they depend on one
 * another by exact version, and no registry has them. With Maven and a JDK, it also writes the Android SDK as a Maven
 * repository into DIR/maven; `--npm DIR` leaves that out.
 *
 * `node tools/pack.mjs --check`: packs what changed since the last check into a temporary folder, and checks the tarballs
 * (`check-packed.mjs`), and that what the container image holds can be installed from them, starts and ends.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { buildCommonJs } from './build-cjs.mjs'
import { buildConsole } from './build-console.mjs'
import { buildPrograms } from './build-programs.mjs'
import { buildWebMin } from './build-web-min.mjs'
import { checkPacked } from './check-packed.mjs'
import { checkImage } from './deploy/check-image.mjs'
import { packagesInImage } from './deploy/install-image.mjs'
import { layers } from './layers.mjs'
import { packedBefore } from './packed-before.mjs'
import { tsc } from './tsc.mjs'

const root = path.resolve(import.meta.dirname, '..')
const rules = [
  'tools/check-packed.mjs',
  'tools/deploy/check-image.mjs',
  'tools/deploy/install-image.mjs',
  'deploy/image/package-lock.json',
  'deploy/image/package.json',
].map((file) => path.join(root, file))
const args = process.argv.slice(2)
const onlyNpm = args[0] === '--npm'
const target = args[onlyNpm ? 1 : 0]
if (target === undefined) {
  console.error('usage: npm run pack -- [--npm] DIR, or npm run pack -- --check')
  process.exit(2)
}

if (target === '--check') {
  const packages = await build()
  const memory = path.join(root, 'node_modules/.cache/assay-packed.json')
  const { changed, remember } = packedBefore(root, memory, rules, packages)
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-packed-'))
  try {
    const problems = changed.length === 0 ? [] : await checkChanged(changed, packages, folder)
    for (const problem of problems) console.error(problem)
    if (problems.length > 0) process.exitCode = 1
    else remember()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
} else {
  // npm starts scripts in the root; a relative DIR is relative to where npm was called.
  const destination = path.resolve(process.env.INIT_CWD ?? '.', target)
  const { length } = pack(await build(), destination)
  console.log(`${length} packages are in ${destination}`)
  if (!onlyNpm) packAndroid(path.join(destination, 'maven'))
}

/** The image holds packages that have not changed as well. */
async function checkChanged(changed, packages, folder) {
  const inImage = packagesInImage()
  const isImage = changed.some(({ name }) => inImage.includes(name))
  const wanted = packages.filter((each) => changed.includes(each) || (isImage && inImage.includes(each.name)))
  const packed = pack(wanted, folder)
  const names = changed.map(({ name }) => name)
  const problems = await checkPacked(
    root,
    packed.filter(({ name }) => names.includes(name)),
  )
  return isImage ? [...problems, ...(await checkImage(folder))] : problems
}

function packAndroid(folder) {
  if (spawnSync('mvn', ['--version']).status !== 0)
    console.log('not packed: the Android SDK, because Maven or a JDK is missing')
  else run(process.execPath, ['tools/run-built.mjs', 'lab/phones/dist/pack-android.js', folder])
}

/** @returns the packages that are not private, built. */
async function build() {
  const packages = Object.values(layers)
    .map(({ dir }) => ({ dir, ...JSON.parse(readFileSync(path.join(root, dir, 'package.json'), 'utf8')) }))
    .filter((manifest) => manifest.private !== true)
  run(process.execPath, [tsc, '-b', ...packages.map(({ dir }) => dir)])
  buildCommonJs(root)
  await buildWebMin()
  await buildPrograms()
  await buildConsole()
  return packages
}

/** @returns the tarballs, with the name of the package in each. */
function pack(packages, destination) {
  mkdirSync(destination, { recursive: true })
  const workspaces = packages.flatMap(({ dir }) => ['--workspace', dir])
  run('npm', ['pack', '--silent', '--pack-destination', destination, ...workspaces], ['ignore', 2, 2])
  return packages.map(({ name, version }) => ({
    name,
    tarball: path.join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
  }))
}

function run(command, args, stdio = 'inherit') {
  const { status } = spawnSync(command, args, { cwd: root, stdio })
  if (status !== 0) process.exit(status ?? 1)
}
