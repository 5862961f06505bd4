import { brotliCompressSync, constants } from 'node:zlib'
import type { BenchRow } from '../row.ts'
import { rounded } from '../statistics.ts'
import { bundle } from './bundle.ts'

/** What the issue of this figure allows, in kB (1000 bytes). */
const limit = 9

/** `sdk.size`: `createWebClient` with all that it needs, minified, as brotli at its highest quality makes it. */
export async function sizeRow(): Promise<BenchRow> {
  const text = await bundle("export { createWebClient } from '@assay/client/web'", 'esm')
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
  const { length } = brotliCompressSync(text, { params })
  return {
    id: 'sdk.size',
    value: rounded(length / 1000),
    unit: 'kB',
    bare: null,
    ratio: null,
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: {
      limitKB: limit,
      isWithinLimit: length <= limit * 1000,
      brotliBytes: length,
      minifiedBytes: text.length,
      bundle: 'createWebClient of @assay/client/web, by esbuild: ES2022 module, minified',
    },
  }
}
