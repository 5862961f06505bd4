import { brotliCompressSync, constants } from 'node:zlib'
import { rolldown } from 'rolldown'
import { alone, type BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'
import { bundle } from './bundle.ts'

/** All that a web app ships of the SDK. */
const code = "export { createWebClient } from '@assay/client/web'"

/**
 * `sdk.size`: `createWebClient` with all that it needs, minified, as brotli at its highest quality makes it. Beside it the
 * same by the bundler of Vite.
 */
export async function sizeRow(): Promise<BenchRow> {
  const text = await bundle(code, 'esm')
  const length = compressed(text)
  return {
    id: 'sdk.size',
    value: rounded(length / 1000),
    unit: 'kB',
    ...alone,
    facts: {
      brotliBytes: length,
      minifiedBytes: text.length,
      bundle: 'createWebClient of @assay/client/web, by esbuild: ES2022 module, minified',
      contents:
        'measuring, live code, eight probes, page reader, key, tabs, tokens, proofs, fetch; no platform evidence, which browsers lack',
      brotliBytesByRolldown: compressed(await bundleByRolldown()),
    },
  }
}

/** Bytes, as brotli at its highest quality makes it. */
export function compressed(text: Uint8Array): number {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
  return brotliCompressSync(text, { params }).length
}

async function bundleByRolldown(): Promise<Uint8Array> {
  const entry = `${import.meta.dirname}/virtual-entry.js`
  const built = await rolldown({
    input: entry,
    platform: 'browser',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? code : null),
      },
    ],
  })
  const { output } = await built.generate({ format: 'esm', minify: true, comments: false })
  if (output.length > 1) throw new Error('the bundle is not one file')
  return Buffer.from(output[0].code)
}
