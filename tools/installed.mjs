import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** A cache that git ignores, outside the workspaces: `npm ci` installs nothing of it. */
const cache = path.resolve(import.meta.dirname, '../node_modules/.cache/assay-installed')

/** The packages are not available: there is no registry, or it no longer has them. */
export class NotInstalled extends Error {
  name = 'NotInstalled'
}

/**
 * Installs packages at exact versions, once, and returns their folder. Install scripts run, because some runtimes need
 * them to get their programs.
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
  // Install elsewhere first, so that an interrupted install is not taken for a complete one.
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
  // npm must not inherit the settings of the script that started this.
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
