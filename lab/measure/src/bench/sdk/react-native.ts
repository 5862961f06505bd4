import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { buildReactNative, measureReactNative, type ReactNativeTools } from '@assay/phones'
import { rolldown } from 'rolldown'
import { alone, NotRunError, type BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'
import { compressed } from './size.ts'

const entry = path.resolve(import.meta.dirname, '../../../../../packages/attester/react-native/src/index.ts')

/** `sdk.react-native.attest` and `sdk.react-native.size`. */
export async function reactNativeRows(): Promise<BenchRow[]> {
  const tools = await buildReactNative()
  if ('missing' in tools) throw new NotRunError(tools.missing)
  return [await attestRow(tools), await sizeRow(tools)]
}

/** From `createAssay` to the answer of a guarded API, by a new installation, with service and network. */
async function attestRow(tools: ReactNativeTools): Promise<BenchRow> {
  const { elapsed, crossings, tick } = await measureReactNative(tools)
  return {
    id: 'sdk.react-native.attest',
    value: rounded(elapsed),
    unit: 'ms',
    ...alone,
    facts: {
      // Of the bridge, from a client that was just made to an answer of the API.
      crossings: crossings.length,
      crossed: crossings,
      longestTickMs: rounded(tick),
      where:
        'Hermes 0.12 on this machine over pipes to a JVM: a turn holds the way there and back; no device has run it',
    },
  }
}

/** The package's JavaScript as an app carries it, without React and React Native. */
async function sizeRow({ compilers }: ReactNativeTools): Promise<BenchRow> {
  const text = await bundled()
  const length = compressed(text)
  return {
    id: 'sdk.react-native.size',
    value: rounded(length / 1000),
    unit: 'kB',
    ...alone,
    facts: {
      brotliBytes: length,
      minifiedBytes: text.length,
      hermesBytecodeBytes: await bytecode(compilers.newest, text),
      contents:
        'all that @assay/react-native exports, by rolldown; bytecode by the hermesc of React Native 0.88, -O',
    },
  }
}

async function bundled(): Promise<Buffer> {
  const bundle = await rolldown({ input: entry, external: ['react', 'react-native'], platform: 'neutral' })
  const { output } = await bundle.generate({ format: 'cjs', minify: true, comments: false })
  if (output.length > 1) throw new Error('the SDK is more than one chunk')
  return Buffer.from(output[0].code)
}

async function bytecode(compiler: string, text: Buffer): Promise<number> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-'))
  try {
    const [source, target] = [path.join(folder, 'sdk.js'), path.join(folder, 'sdk.hbc')]
    await writeFile(source, text)
    const { status, stderr } = spawnSync(compiler, ['-w', '-emit-binary', '-O', '-out', target, source], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`hermesc: ${stderr.slice(0, 500)}`)
    return (await stat(target)).size
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
