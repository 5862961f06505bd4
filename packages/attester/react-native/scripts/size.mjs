/**
 * Size in bytes of the package's JavaScript in an app, without React and React Native, bundled, minified and compressed
 * (brotli). Prints one JSON document, and fails above the budget of 10 kB.
 */
import { brotliCompressSync, constants } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const budget = 10_000
const bundle = await rolldown({
  input: fileURLToPath(new URL('../src/index.ts', import.meta.url)),
  external: ['react', 'react-native'],
  platform: 'neutral',
})
const { output } = await bundle.generate({ format: 'esm', minify: true, comments: false })
if (output.length > 1) throw new Error('the SDK is more than one chunk')
const text = Buffer.from(output[0].code)
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
const brotli = brotliCompressSync(text, { params }).length
console.log(JSON.stringify({ minified: text.length, brotli, budget }, null, 2))
if (brotli > budget) process.exitCode = 1
