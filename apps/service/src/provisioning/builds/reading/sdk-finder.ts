import type { SegmentHead, SegmentWriter } from '@assay/app-image'
import {
  buildManifest,
  longestSdkMarker,
  MeasurementError,
  readSdkMarker,
  sdkDescriptions,
  sdkMarkerPrefix,
  type Script,
  type SdkManifest,
} from '@assay/measurement'

/** The Assay SDK in a build. */
export interface FoundSdk {
  /** `name/version`. */
  sdk: string
  /** `null`: this service does not know the version, or not every function of it was found, once and whole. */
  manifest: SdkManifest | null
}

/** Bytes. A longer script is not searched, so an SDK in it is not found. */
const longestScript = 16 * 1024 * 1024
/** Bytes of scripts with live functions that are kept until all are read; beyond it no SDK is found. */
const mostKept = 32 * 1024 * 1024
/** Maximum number of versions that are recorded for one build. */
const mostVersions = 16

/**
 * Identifies the SDK for JavaScript if a minifier has removed its marker, or in releases before 0.1, which have none.
 */
const scriptSdk = 'assay-js/'
const inQuotes = /^assay-js\/\d{1,5}\.\d{1,5}\.\d{1,5}(?:[-+][0-9A-Za-z.-]{1,16})?(?=["'`])/
const liveMarker = 'assay:live:'
/** An SDK in compiled code takes precedence over one in scripts: the first measures the second. */
const newestFirst = Object.keys(sdkDescriptions).reverse()

/** Searches the code of one build for the SDK while it is read. */
export function createSdkFinder() {
  const versions = new Set<string>()
  const scripts: Script[] = []
  let left = mostKept
  let isBytecode = false

  const note = (seen: readonly string[]): void => {
    for (const version of seen) if (versions.size < mostVersions) versions.add(version)
  }

  const search = ({ name, kind }: SegmentHead, bytes: Buffer): void => {
    const seen = [...marked(bytes), ...(kind === 'hermes' ? namedInBytecode(bytes) : namedInText(bytes))]
    note(seen)
    isBytecode ||= kind === 'hermes' && seen.length > 0
    if (kind !== 'script' || !bytes.includes(liveMarker)) return
    left -= bytes.length
    if (left >= 0) scripts.push({ segment: name, bytes })
  }

  return {
    /** Gives a sink for the bytes of a segment that may contain the SDK. */
    writer(head: SegmentHead): SegmentWriter | undefined {
      switch (head.kind) {
        case 'script':
        case 'hermes':
          return head.length > longestScript ? undefined : whole(head, search)
        case 'dex':
        case 'native':
        case 'text':
          return searched((bytes) => note(marked(bytes)))
        case 'resource':
          return undefined
      }
    },
    /** Call it when all segments have been read. `null`: no SDK. */
    found(): FoundSdk | null {
      const sdk = newestFirst.find((known) => versions.has(known)) ?? [...versions][0]
      if (sdk === undefined) return null
      const functions = isBytecode && scripts.length === 0 ? [] : undefined
      return { sdk, manifest: left < 0 ? null : manifestOf(sdk, scripts, functions) }
    },
  }
}

/** Passes on a segment when it has been read to its end. */
function whole(head: SegmentHead, take: (head: SegmentHead, bytes: Buffer) => void): SegmentWriter {
  const bytes = Buffer.allocUnsafe(head.length)
  let length = 0
  return {
    write: (chunk) => {
      bytes.set(chunk, length)
      length += chunk.length
    },
    end: () => take(head, bytes.subarray(0, length)),
  }
}

/** Passes on a segment in pieces, each with the end of the previous one, so that no marker is cut. */
function searched(take: (bytes: Buffer) => void): SegmentWriter {
  let tail = Buffer.alloc(0)
  return {
    write: (chunk) => {
      take(Buffer.concat([tail, chunk.subarray(0, longestSdkMarker)]))
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
      take(bytes)
      const kept = Buffer.concat([tail, bytes.subarray(-longestSdkMarker)])
      tail = Buffer.from(kept.subarray(-longestSdkMarker))
    },
    end: () => undefined,
  }
}

/** @param functions the functions to find, if not all of them: bytecode does not contain the text of functions */
function manifestOf(
  sdk: string,
  scripts: readonly Script[],
  functions?: readonly string[],
): SdkManifest | null {
  const description = sdkDescriptions[sdk]
  if (description === undefined) return null
  try {
    return buildManifest(scripts, functions === undefined ? description : { ...description, functions })
  } catch (error) {
    if (error instanceof MeasurementError) return null
    throw error
  }
}

function marked(bytes: Buffer): string[] {
  return named(bytes, sdkMarkerPrefix, readSdkMarker)
}

function namedInText(bytes: Buffer): string[] {
  return named(bytes, scriptSdk, (text) => inQuotes.exec(text)?.[0])
}

/** Bytecode packs its strings without separators, so only known versions can be recognised. */
function namedInBytecode(bytes: Buffer): string[] {
  return named(bytes, scriptSdk, (text) => newestFirst.find((known) => text.startsWith(known)))
}

function named(bytes: Buffer, start: string, read: (text: string) => string | undefined): string[] {
  const found = new Set<string>()
  for (let at = bytes.indexOf(start); at !== -1; at = bytes.indexOf(start, at + start.length)) {
    const version = read(bytes.toString('latin1', at, at + longestSdkMarker))
    if (version !== undefined && found.size < mostVersions) found.add(version)
  }
  return [...found]
}
