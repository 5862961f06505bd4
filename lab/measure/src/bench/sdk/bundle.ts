import { build } from 'esbuild'

/** Bundles this code for browsers into one file. */
export async function bundle(code: string, format: 'esm' | 'iife', globalName?: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format,
    ...(globalName === undefined ? {} : { globalName }),
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    write: false,
    logLevel: 'error',
  })
  const [only] = outputFiles
  if (only === undefined || outputFiles.length > 1) throw new Error('the bundle is not one file')
  return only.contents
}
