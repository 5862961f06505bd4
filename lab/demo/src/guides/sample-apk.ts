/** `npm run sample-apk -- FILE`: makes a release APK for anyone who has none. */
import path from 'node:path'
import { makeReleaseApk, releasedPackage } from './release-apk.ts'

const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error('usage: npm run sample-apk -- FILE')
  process.exit(2)
}
// npm starts scripts in the root; a relative FILE is relative to where npm was called.
const target = path.resolve(process.env.INIT_CWD ?? '.', file)
await makeReleaseApk(target)
console.log(`${target}: package ${releasedPackage}`)
