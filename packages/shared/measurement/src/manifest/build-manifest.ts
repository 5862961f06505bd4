import { MeasurementError } from '../errors/measurement-error.ts'
import { mostNames } from '../plan/limits.ts'
import { endOfFunction } from './function-text.ts'
import type { FunctionSlice, SdkManifest } from './manifest.ts'
import { markerPrefix } from '../live/mark-live.ts'

/** A script segment of a build. */
export interface Script {
  segment: string
  bytes: Uint8Array
}

/** What the SDK states about itself; the rest is found in the build's scripts. */
export interface SdkDescription {
  /** `name/version`. */
  sdk: string
  /** `script`: an engine may show the text of its functions. `native`: it is compiled, and there is none to show. */
  code: 'script' | 'native'
  /** Names of its live functions. Each must be found exactly once. */
  functions: readonly string[]
  exercises: readonly string[]
  probes: readonly string[]
}

/**
 * Finds the SDK's live functions in the scripts of a build by their markers (`markLive`).
 *
 * @throws MeasurementError `MANIFEST_MARKER` if a function's marker is missing or occurs twice, `MANIFEST_FUNCTION` if
 *   the text after it is not that of a function
 */
export function buildManifest(scripts: readonly Script[], description: SdkDescription): SdkManifest {
  const found = scripts.flatMap((script) => findFunctions(script))
  const functions = description.functions.map((name) => {
    const [only, ...more] = found.filter((candidate) => candidate.name === name)
    if (only === undefined || more.length > 0) {
      throw new MeasurementError('MANIFEST_MARKER')
    }
    return [name, only.slice] as const
  })
  return {
    v: 1,
    sdk: description.sdk,
    functions: Object.fromEntries(functions),
    exercises: [...description.exercises],
    probes: [...description.probes],
  }
}

function findFunctions(script: Script): { name: string; slice: FunctionSlice }[] {
  const text = asLatin1(script.bytes)
  const marker = new RegExp(`(["'\`])${markerPrefix}([a-z0-9._-]{1,64})\\1\\s*,\\s*`, 'g')
  const found: { name: string; slice: FunctionSlice }[] = []
  for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
    if (found.length === mostNames) {
      throw new MeasurementError('MANIFEST_MARKER')
    }
    const offset = marker.lastIndex
    const end = endOfFunction(text, offset)
    if (end === undefined) {
      throw new MeasurementError('MANIFEST_FUNCTION')
    }
    found.push({ name: match[2] as string, slice: { segment: script.segment, offset, length: end - offset } })
  }
  return found
}

/**
 * One character for each byte. Everything relevant here is ASCII, other characters occur only in names, literals and
 * comments, and a position in this text is a position in the bytes.
 */
function asLatin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  }
  return text
}
