import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readOwner, unfilledMembers } from './owner.mjs'
import { ReleaseRefusal } from './refusals.mjs'
import { otherVersions, versionOf } from './versions.mjs'

/** The programs that make a release, and what the first line of their `--version` must be. */
const tools = [
  { name: 'git', args: ['--version'], states: /^git version/ },
  { name: 'npm', args: ['--version'], states: /^\d+\./ },
  { name: 'tar', args: ['--version'], states: /GNU tar/ },
  { name: 'gzip', args: ['--version'], states: /^gzip / },
  { name: 'mvn', args: ['--version'], states: /Apache Maven (?:3\.9|[4-9])/ },
  { name: 'java', args: ['--version'], states: /^\S+ (?:1[7-9]|[2-9]\d)[. ]/ },
]

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string | undefined>} what each program says of its version; undefined if it is missing or too old
 */
export function toolVersions(env = process.env) {
  return Object.fromEntries(
    tools.map(({ name, args, states }) => {
      const { stdout } = spawnSync(name, args, { env, encoding: 'utf8' })
      const [line = ''] = (stdout ?? '').replace(/\x1b\[[0-9;]*m/g, '').split('\n')
      return [name, states.test(line) ? line.trim() : undefined]
    }),
  )
}

/**
 * Everything that speaks against a release, before anything is written.
 *
 * @param {string} root
 * @param {string} folder of the release
 * @param {{ isTrial: boolean, versions?: Record<string, string | undefined> }} options
 * @returns {ReleaseRefusal[]}
 */
export function refusals(root, folder, { isTrial, versions = toolVersions() }) {
  const found = []
  const refuse = (code, detail) => found.push(new ReleaseRefusal(code, detail))
  if (existsSync(folder)) refuse('RELEASE_FOLDER_EXISTS', folder)
  for (const [name, version] of Object.entries(versions))
    if (version === undefined) refuse('RELEASE_TOOL_MISSING', name)
  if (versions.git !== undefined) {
    const changed = git(root, 'status', '--porcelain').split('\n').filter(Boolean)
    if (changed.length > 0) refuse('RELEASE_TREE_DIRTY', `${changed.length} files, the first: ${changed[0]}`)
    const version = versionOf(root)
    const taken = git(root, 'tag', '--list', version, `v${version}`).split('\n').filter(Boolean)
    if (taken.length > 0) refuse('RELEASE_TAG_TAKEN', taken.join(', '))
  }
  const others = otherVersions(root)
  if (others.length > 0) refuse('RELEASE_VERSIONS_DIFFER', others.join(', '))
  const unfilled = unfilledMembers(readOwner(root))
  if (unfilled.length > 0 && !isTrial) refuse('RELEASE_OWNER_UNFILLED', unfilled.join(', '))
  return found
}

/** @returns {string} what git wrote. @throws Error if it fails */
export function git(root, ...args) {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`)
  return stdout.trimEnd()
}
