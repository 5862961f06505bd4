/**
 * Makes a release in a fresh clone of one commit, whose own tools do the work: nothing of the checkout that started it gets
 * in, neither files that git ignores nor leftovers of earlier builds.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { git } from './may-release.mjs'

/**
 * @param {string} root checkout
 * @param {string} folder is made, complete or not at all
 * @param {{ isTrial: boolean, env?: NodeJS.ProcessEnv }} options
 */
export function makeRelease(root, folder, { isTrial, env = process.env }) {
  const place = mkdtempSync(path.join(os.tmpdir(), 'assay-release-'))
  const growing = path.join(path.dirname(folder), `.${path.basename(folder)}.${process.pid}`)
  // npm and tar keep the modes of files, and another umask would be another release.
  const umask = process.umask(0o022)
  try {
    mkdirSync(growing, { recursive: true })
    const clone = path.join(place, 'assay')
    const inherited = Object.entries(env).filter(
      ([key]) => !/^npm_(?!config_(registry|cafile|cache)$)/i.test(key),
    )
    const clean = { ...Object.fromEntries(inherited), NODE_ENV: '', CI: 'true' }
    run('git', ['clone', '--quiet', '--no-tags', root, clone], place, clean)
    run('git', ['checkout', '--quiet', '--detach', git(root, 'rev-parse', 'HEAD')], clone, clean)
    // What others publish runs no script here.
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'], clone, clean)
    const args = ['tools/release/fill.mjs', growing, ...(isTrial ? ['--trial'] : [])]
    run(process.execPath, args, clone, clean)
    renameSync(growing, folder)
  } finally {
    process.umask(umask)
    for (const each of [place, growing]) rmSync(each, { recursive: true, force: true })
  }
}

function run(command, args, cwd, env) {
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error ?? `exit code ${status}`}`)
}
