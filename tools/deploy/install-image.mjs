/**
 * `node tools/deploy/install-image.mjs TARBALLS DIR`: installs into DIR what the container image holds, from `deploy/image` and
 * the tarballs that `npm run pack` wrote. The Dockerfile runs this, and so does the check of the packed packages.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

const files = path.resolve(import.meta.dirname, '../../deploy/image')

/** Names of the packages of this repository that the image holds. */
export function packagesInImage() {
  const { dependencies } = JSON.parse(readFileSync(path.join(files, 'package.json'), 'utf8'))
  return Object.keys(dependencies).filter((name) => name.startsWith('@assay/'))
}

/**
 * @param {string} tarballs folder
 * @param {string} folder is made
 * @returns {{ status: number | null, output: string }} of npm
 */
export function installImage(tarballs, folder) {
  const { dependencies } = JSON.parse(readFileSync(path.join(files, 'package.json'), 'utf8'))
  mkdirSync(path.join(folder, 'packages'), { recursive: true })
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(path.join(files, name), path.join(folder, name))
  for (const name of packagesInImage()) {
    const file = dependencies[name].slice('file:'.length)
    copyFileSync(path.join(tarballs, path.basename(file)), path.join(folder, file))
  }
  const args = ['ci', '--omit=dev', '--no-audit', '--no-fund', '--no-progress', '--loglevel', 'error']
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' })
  rmSync(path.join(folder, 'packages'), { recursive: true })
  return { status, output: `${stdout}${stderr}` }
}

if (process.argv[1] === import.meta.filename) {
  const [tarballs, folder] = process.argv.slice(2)
  if (tarballs === undefined || folder === undefined) {
    console.error('usage: node tools/deploy/install-image.mjs TARBALLS DIR')
    process.exit(2)
  }
  const { status, output } = installImage(path.resolve(tarballs), path.resolve(folder))
  console.error(output)
  process.exit(status ?? 1)
}
