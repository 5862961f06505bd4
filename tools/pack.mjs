/**
 * `node tools/pack.mjs DIR`: builds the packages that are not private and writes each as a tarball into DIR, for
 * projects outside this repository to install (`npm install DIR/*.tgz`). All of them belong together: they depend on one
 * another by exact version, and no registry has them.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { layers } from './layers.mjs'

const root = path.resolve(import.meta.dirname, '..')
const [target] = process.argv.slice(2)
if (target === undefined) {
  console.error('usage: npm run pack -- DIR')
  process.exit(2)
}
// npm starts scripts in the root; a relative DIR is meant from where npm was called.
const destination = path.resolve(process.env.INIT_CWD ?? '.', target)
const packed = Object.values(layers)
  .map(({ dir }) => dir)
  .filter((dir) => JSON.parse(readFileSync(path.join(root, dir, 'package.json'), 'utf8')).private !== true)

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
run(process.execPath, [tsc, '-b', ...packed])
mkdirSync(destination, { recursive: true })
const workspaces = packed.flatMap((dir) => ['--workspace', dir])
run('npm', ['pack', '--silent', '--pack-destination', destination, ...workspaces])
console.log(`${packed.length} packages lie in ${destination}`)

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
