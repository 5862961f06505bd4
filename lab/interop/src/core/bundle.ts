import { build } from 'esbuild'
import path from 'node:path'

/** One module with everything in it but Node's own, as an app would be bundled for a runtime. */
export async function bundle(entry: string, into: string): Promise<string> {
  const outfile = path.join(into, `${path.basename(entry).replace(/\.[jt]s$/, '')}.mjs`)
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['node:*'],
    logLevel: 'silent',
  })
  return outfile
}
