/**
 * `npm run quickstart [-- HOME]`: what docs/guides/quickstart.md starts from, with one build: the packages in
 * `HOME/assay-packages`, a project with them and Express in `HOME/assay-try`, and in it a release APK for who has none. HOME
 * is the home folder unless it is given.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { tsc } from './tsc.mjs'

const root = path.resolve(import.meta.dirname, '..')
const home = path.resolve(process.env.INIT_CWD ?? '.', process.argv[2] ?? os.homedir())
const packages = path.join(home, 'assay-packages')
const project = path.join(home, 'assay-try')
if (existsSync(project)) {
  console.error(`${project} is there already: remove it, or name another home: npm run quickstart -- HOME`)
  process.exit(2)
}

run(process.execPath, [tsc, '-b', 'lab/demo'], root)
run(process.execPath, [path.join(root, 'tools/pack.mjs'), '--npm', packages], root)
mkdirSync(project)
run('npm', ['init', '--yes'], project)
run('npm', ['pkg', 'set', 'type=module'], project)
run('npm', ['pkg', 'set', '--json', 'allowScripts.better-sqlite3=true'], project)
// All at once: they need one another, and no registry has them.
const files = readdirSync(packages).filter((name) => name.endsWith('.tgz'))
run(
  'npm',
  ['install', '--no-audit', '--no-fund', ...files.map((name) => path.join(packages, name)), 'express@5'],
  project,
)
run(
  process.execPath,
  [path.join(root, 'lab/demo/dist/guides/sample-apk.js'), path.join(project, 'app-release.apk')],
  root,
)
console.log(`Everything is in ${project}. Go on with docs/guides/quickstart.md, section 2.`)

/** Ends this program with the code of a step that fails. */
function run(command, args, cwd) {
  // The settings that npm hands to a script are for this repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))
  const { status } = spawnSync(command, args, { cwd, env, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}
