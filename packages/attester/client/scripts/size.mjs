/**
 * Size of the SDK for a web page, bundled, minified and compressed (brotli), in bytes. Prints one JSON document:
 *
 * - `core`: `createAssayClient` with everything that it needs, probes and live code among it;
 * - `webClient`: `createWebClient`, which has the reader of the page, the sealed key and what tabs share besides, and no
 *   platform evidence, because browsers have none.
 */
import { brotliCompressSync, constants } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const source = fileURLToPath(new URL('../src/', import.meta.url))
const entries = {
  core: `export { createAssayClient } from '${source}client/assay-client.ts'`,
  webClient: `export { createWebClient } from '${source}web/client.ts'`,
}

async function sizeOf(code) {
  const bundle = await rolldown({
    input: 'virtual:entry',
    platform: 'browser',
    resolve: { conditionNames: ['@assay/source', 'import', 'default'] },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'virtual:entry' ? `${source}size-entry.ts` : undefined),
        load: (id) => (id === `${source}size-entry.ts` ? code : undefined),
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true, comments: false })
  if (output.length > 1) throw new Error('the SDK is more than one chunk')
  const text = Buffer.from(output[0].code)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
  return { minified: text.length, brotli: brotliCompressSync(text, { params }).length }
}

const sizes = {}
for (const [name, code] of Object.entries(entries)) sizes[name] = await sizeOf(code)
console.log(JSON.stringify(sizes, null, 2))
