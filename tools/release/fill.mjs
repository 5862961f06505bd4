/** `node tools/release/fill.mjs DIR [--trial]`, in a fresh clone: builds, and writes everything that a release publishes. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { publishedPackages } from '../published.mjs'
import { writeArchives } from './fill-archives.mjs'
import { writeBoms } from './fill-boms.mjs'
import { git, toolVersions } from './may-release.mjs'
import { noticesText } from './notices.mjs'
import { readOwner, unfilledMembers } from './owner.mjs'
import { pageOfRelease } from './page.mjs'
import { writeSums } from './sums.mjs'
import { versionOf } from './versions.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const [target, flag] = process.argv.slice(2)
const owner = readOwner(root)
const version = versionOf(root)
const commit = git(root, 'rev-parse', 'HEAD')
/** Unix seconds. The one time that a release states. */
const time = Number(git(root, 'show', '--no-patch', '--format=%ct', commit))
const packages = publishedPackages(root)
const put = (name, content) => writeFileSync(path.join(target, name), content)
const run = (args) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`${args[0]} failed`)
}

for (const { dir, manifest } of packages) {
  const complete = {
    ...manifest,
    homepage: owner.homepage,
    bugs: `${owner.repository}/issues`,
    repository: { type: 'git', url: `git+${owner.repository}.git`, directory: dir },
    author: owner.name,
  }
  writeFileSync(path.join(root, dir, 'package.json'), `${JSON.stringify(complete, null, 2)}\n`)
}
run(['tools/pack.mjs', '--npm', path.join(target, 'npm')])
run(['tools/run-built.mjs', 'lab/phones/dist/pack-android.js', path.join(target, 'maven')])
writeArchives(root, target, { version, time })

const bundles = packages.flatMap(({ name, dir }) =>
  readdirSync(path.join(root, dir), { recursive: true })
    .filter((file) => /^dist\/(?:.*\/)?licenses\.txt$/.test(file))
    .sort()
    .map((file) => ({ name, file, licenses: readFileSync(path.join(root, dir, file), 'utf8') })),
)
writeBoms(root, target, { version, time, packages, bundles })
put(
  'THIRD-PARTY-NOTICES.txt',
  noticesText(bundles.map((each) => ({ ...each, place: `${each.name}: ${each.file}` }))),
)
copyFileSync(path.join(root, 'LICENSE'), path.join(target, 'LICENSE'))
put('README.md', pageOfRelease(root, { owner, commit, version }))
const made = { node: process.version, ...toolVersions() }
put(
  'release.json',
  `${JSON.stringify({ version, commit, time, isTrial: flag === '--trial', made }, null, 2)}\n`,
)
if (flag === '--trial')
  put(
    'NOT-FOR-PUBLICATION.txt',
    `This is a trial. owner.json has placeholders: ${unfilledMembers(owner).join(', ') || 'none'}.\n`,
  )
mkdirSync(target, { recursive: true })
writeSums(target)
