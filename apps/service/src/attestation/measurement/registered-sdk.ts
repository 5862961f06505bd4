import { exercises, sliceDigests, type CodeImage, type SdkManifest } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'

/** What can be asked of the SDK in a registered build: nothing if none was found. */
export interface RegisteredSdk {
  /** Names of the probes that it declares. */
  readonly probes: readonly string[]
  readonly live: {
    /** Names of the functions that it can show. */
    readonly show: readonly string[]
    /** Names of the exercises that both it and this service can carry out. */
    readonly run: readonly string[]
  }
  /** SHA-256 of each function as registered. */
  readonly shown: Readonly<Record<string, Uint8Array>>
}

/** Shared by all builds for which no SDK is kept. */
const none: RegisteredSdk = { probes: [], live: { show: [], run: [] }, shown: {} }

/** @throws MeasurementError `MANIFEST_SLICE` if manifest and image do not belong together, and what reading throws */
export async function readRegisteredSdk(
  manifest: SdkManifest | undefined,
  image: CodeImage,
): Promise<RegisteredSdk> {
  if (manifest === undefined) return none
  return {
    probes: manifest.probes,
    live: {
      show: Object.keys(manifest.functions),
      run: manifest.exercises.filter((name) => Object.hasOwn(exercises, name)),
    },
    shown: await sliceDigests(manifest, image, nodeCrypto),
  }
}
