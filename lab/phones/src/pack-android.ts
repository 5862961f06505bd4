/** `npm run pack:android -- DIR`: builds the Android SDK and writes a Maven repository folder into DIR. */
import path from 'node:path'
import { builtFolders, writeRepository } from './android/pack.ts'
import { sizeOfSdk } from './android/shrunk-dex.ts'
import { buildAndroid, missingTool } from './android/tools.ts'

const [target] = process.argv.slice(2)
const missing = missingTool()
if (target === undefined) {
  process.stderr.write('usage: npm run pack:android -- DIR\n')
  process.exitCode = 2
} else if (missing !== undefined) {
  process.stderr.write(`not packed: ${missing}\n`)
  process.exitCode = 1
} else {
  const { failed, log, undocumented } = await buildAndroid(
    ['-DskipTests', '-Prelease', '--projects', builtFolders.join()],
    { isOnline: true },
  )
  if (failed > 0) throw new Error(log)
  if (undocumented.length > 0) throw new Error(`without KDoc: ${undocumented.join(', ')}`)
  // npm starts scripts in the root; a relative DIR is meant from where npm was called.
  const folder = path.resolve(process.env['INIT_CWD'] ?? '.', target)
  const written = await writeRepository(folder)
  const { dex, deflated, core, platform } = await sizeOfSdk()
  const kB = (bytes: number) => Math.round(bytes / 1000)
  process.stdout.write(
    `${written.length} files lie in ${folder}; core is ${kB(core)} kB, platform ${kB(platform)} kB; shrunk in an app, ${kB(dex)} kB of dex, ${kB(deflated)} deflated\n`,
  )
}
