/**
 * Size of the SDK for a web page (core with web reader): bundled, minified, brotli. Prints one JSON document.
 * `--modules` adds what each module contributes before compression.
 */
import { brotliCompressSync, constants } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const entry = fileURLToPath(new URL('../src/web/client.ts', import.meta.url))
const bundle = await rolldown({
  input: entry,
  platform: 'browser',
  resolve: { conditionNames: ['@assay/source', 'import', 'default'] },
})
const { output } = await bundle.generate({ format: 'esm', minify: true })
const [chunk, ...others] = output
if (others.length > 0) throw new Error('the SDK is more than one chunk')
const brotli = brotliCompressSync(chunk.code, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: chunk.code.length },
})
const modules = Object.fromEntries(
  Object.entries(chunk.modules).map(([id, { renderedLength }]) => [
    id.slice(id.indexOf('packages')),
    renderedLength,
  ]),
)
const more = process.argv.includes('--modules') ? { modules } : {}
console.log(JSON.stringify({ minified: chunk.code.length, brotli: brotli.length, ...more }, null, 2))
