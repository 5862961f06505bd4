import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** A cache that git ignores, outside the workspaces: nothing here is part of what `npm ci` installs. */
const cache = path.resolve(import.meta.dirname, '../node_modules/.cache/assay-installed')

/** Packages is not available: no registry, or it has them no more. */
export class NotInstalled extends Error {
  name = 'NotInstalled'
}

/**
 * The folder of packages at exact versions, installed once. Their install scripts run, because runtimes bring their
 * programs that way.
 *
 * @param {string} name what the folder is for
 * @param {Readonly<Record<string, string>>} dependencies name to exact version, or to a file
 * @returns {Promise<string>}
 */
export async function installed(name, dependencies) {
  const manifest = JSON.stringify(
    {
      private: true,
      dependencies,
      allowScripts: Object.fromEntries(Object.keys(dependencies).map((each) => [each, true])),
    },
    null,
    2,
  )
  const key = createHash('sha256').update(manifest).digest('hex').slice(0, 12)
  const folder = path.join(cache, `${name}-${key}`)
  if (existsSync(folder)) return folder
  // Elsewhere first, so that what was broken off is not treated as what is whole.
  const growing = `${folder}.${process.pid}`
  mkdirSync(growing, { recursive: true })
  writeFileSync(path.join(growing, 'package.json'), manifest)
  const { status, output } = await run(growing)
  if (status !== 0) {
    rmSync(growing, { recursive: true, force: true })
    throw new NotInstalled(`npm cannot install ${name}: ${output.slice(-400)}`)
  }
  try {
    renameSync(growing, folder)
  } catch (error) {
    rmSync(growing, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

function run(cwd) {
  // What a script of the root was started with must not reach an npm that runs elsewhere.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^npm_(?!config_(registry|cafile)$)/i.test(key)),
  )
  return new Promise((resolve) => {
    const npm = spawn('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd, env })
    let output = ''
    npm.stdout.on('data', (chunk) => (output += chunk))
    npm.stderr.on('data', (chunk) => (output += chunk))
    npm.on('error', (error) => resolve({ status: 1, output: String(error) }))
    npm.on('close', (status) => resolve({ status, output }))
  })
}
