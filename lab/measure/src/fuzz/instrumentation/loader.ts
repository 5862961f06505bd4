/** Module hooks that put a counter on every branch of the files under test as they are loaded. */
import type { LoadHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createInstrumenter } from 'istanbul-lib-instrument'
import { coverageVariable } from './coverage-variable.ts'

let underTest: readonly string[] = []

/** Counters on statements and functions, which nobody reads and which take half the time. */
const otherCounters = /\bcov_\w+\(\)\.[sf]\[\d+\]\+\+/g

const instrumenter = createInstrumenter({ coverageVariable, esModules: true, compact: false })

/** @param files absolute paths, those of folders ending in a slash */
export function initialize(files: readonly string[]): void {
  underTest = files
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context)
  if (!url.startsWith('file:') || loaded.format !== 'module') return loaded
  const file = fileURLToPath(url)
  const isUnderTest = underTest.some((each) => (each.endsWith('/') ? file.startsWith(each) : file === each))
  if (!isUnderTest) return loaded
  const code = Buffer.from(loaded.source as Uint8Array).toString('utf8')
  return { ...loaded, source: instrumenter.instrumentSync(code, file).replace(otherCounters, '0') }
}
