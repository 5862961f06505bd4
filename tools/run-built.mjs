/**
 * `node tools/run-built.mjs FILE [ARGUMENTS]`: updates the build, then runs FILE. The build's messages go to standard
 * error, so that `--json` on standard output stays one JSON document.
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { tsc } from './tsc.mjs'

const root = path.resolve(import.meta.dirname, '..')
const [file, ...rest] = process.argv.slice(2)
if (file === undefined) {
  console.error('usage: node tools/run-built.mjs FILE [ARGUMENTS]')
  process.exit(2)
}
const build = spawnSync(process.execPath, [tsc, '-b'], { cwd: root, stdio: ['ignore', 2, 2] })
if (build.status !== 0) {
  console.error('the build failed; nothing was run')
  process.exit(1)
}
await (await import('./build-programs.mjs')).buildPrograms()
// Where it is used; the rest runs without.
if (/^(?:lab\/(?:demo|browser)|apps\/cli)\//.test(file))
  await (await import('./build-console.mjs')).buildConsole()
const run = spawnSync(process.execPath, ['--enable-source-maps', path.join(root, file), ...rest], {
  stdio: 'inherit',
})
process.exit(run.status ?? 1)
