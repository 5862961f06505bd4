/**
 * The compiler that checks and builds: TypeScript 7 (`ts7`), which is native and takes half of the time of 6. TypeScript 6
 * (`typescript`) stays for the tools that need its JavaScript API, which 7 does not have.
 */
import { createRequire } from 'node:module'
import path from 'node:path'

/** The program for `node`; the package does not export it, so it is named beside its manifest. */
export const tsc = path.join(path.dirname(manifest()), 'bin/tsc')

/** Whoever has just cloned the repository comes by here first. */
function manifest() {
  try {
    return createRequire(import.meta.url).resolve('ts7/package.json')
  } catch {
    console.error('The dependencies are not installed here: run `npm ci` first.')
    process.exit(2)
  }
}
