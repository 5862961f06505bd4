import { decodeUtf8, parseStrictJson, utf8, type JsonValue } from '@assay/protocol'
import { MeasurementError } from '../errors/measurement-error.ts'
import { mostNames } from '../plan/limits.ts'
import { namePattern } from '../plan/plan.ts'

/** Where a live function's text is in a code image. */
export interface FunctionSlice {
  segment: string
  /** Bytes. */
  offset: number
  /** Bytes. */
  length: number
}

/** What a build states about the SDK in it: made at registration, kept with the build. */
export interface SdkManifest {
  v: 1
  /** Name and version of the SDK, as `name/version`. */
  sdk: string
  /** Live functions by name. */
  functions: Record<string, FunctionSlice>
  /** Names of the exercises that this SDK can carry out. */
  exercises: string[]
  /** Names of the probes that this SDK declares. */
  probes: string[]
}

const longestManifest = 65_536
const longestSegmentName = 1024
const sdkPattern = /^[A-Za-z0-9._-]{1,64}\/[A-Za-z0-9._+-]{1,32}$/

/** The manifest as stored: JSON. */
export function encodeManifest(manifest: SdkManifest): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify(manifest))
}

/** Reads a manifest strictly. @throws MeasurementError `MANIFEST_MALFORMED` */
export function parseManifest(bytes: Uint8Array): SdkManifest {
  if (bytes.length > longestManifest) malformed()
  const json = parseStrictJson(decodeUtf8(bytes) ?? malformed(), { maxLength: longestManifest, maxDepth: 4 })
  const { v, sdk, functions, exercises, probes } = membersOf(json.ok ? json.value : malformed(), 5)
  if (v !== 1 || typeof sdk !== 'string' || !sdkPattern.test(sdk)) malformed()
  const slices = Object.entries(membersOf(functions)).map(
    ([name, slice]) => [nameOf(name), sliceOf(slice)] as const,
  )
  if (slices.length > mostNames) malformed()
  return {
    v,
    sdk,
    functions: Object.fromEntries(slices),
    exercises: namesOf(exercises),
    probes: namesOf(probes),
  }
}

function sliceOf(value: JsonValue): FunctionSlice {
  const { segment, offset, length } = membersOf(value, 3)
  if (typeof segment !== 'string' || segment.length === 0 || segment.length > longestSegmentName) malformed()
  return { segment, offset: integerOf(offset), length: integerOf(length) }
}

function membersOf(value: JsonValue | undefined, count?: number): { [name: string]: JsonValue } {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) malformed()
  return count === undefined || Object.keys(value).length === count ? value : malformed()
}

function namesOf(value: JsonValue | undefined): string[] {
  if (!Array.isArray(value) || value.length > mostNames || new Set(value).size !== value.length) malformed()
  return value.map(nameOf)
}

function nameOf(value: JsonValue): string {
  return typeof value === 'string' && namePattern.test(value) ? value : malformed()
}

function integerOf(value: JsonValue | undefined): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : malformed()
}

function malformed(): never {
  throw new MeasurementError('MANIFEST_MALFORMED')
}
