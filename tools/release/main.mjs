/**
 * `npm run release -- DIR`: writes everything that a release publishes into DIR, which must not exist: npm tarballs, a Maven
 * repository, the Swift package, chart, files for deployment, a bill of materials for each, sums and notices. One commit gives
 * the same bytes anywhere and at any time, with the same versions of the tools (`release.json` names them).
 *
 * `--trial DIR` also makes one while `owner.json` has placeholders; it says that it is not to be published.
 *
 * `--check DIR`: checks such a folder as those who get it do. It publishes nothing, and nothing here does.
 */
import path from 'node:path'
import { checkRelease } from './check.mjs'
import { makeRelease } from './make.mjs'
import { refusals } from './may-release.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const args = process.argv.slice(2)
const flags = args.filter((each) => each.startsWith('--'))
const [target, ...more] = args.filter((each) => !each.startsWith('--'))
const [flag] = flags
if (
  target === undefined ||
  more.length > 0 ||
  flags.length > 1 ||
  ![undefined, '--trial', '--check'].includes(flag)
) {
  console.error('usage: npm run release -- [--trial | --check] DIR')
  process.exit(2)
}
// npm starts scripts in the root; a relative DIR is relative to where npm was called.
const folder = path.resolve(process.env.INIT_CWD ?? '.', target)

if (flag === '--check') process.exit(await checkRelease(root, folder))
const isTrial = flag === '--trial'
const found = refusals(root, folder, { isTrial })
for (const { code, message } of found) console.error(`${code}: ${message}`)
if (found.length > 0) process.exit(1)
makeRelease(root, folder, { isTrial })
console.log(
  `${isTrial ? 'a trial release' : 'the release'} is in ${folder}; npm run release -- --check ${target} checks it`,
)
