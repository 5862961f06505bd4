import { memoryImage, type AnyKeyStore, type MemorySegment } from '@assay/client'
import { exercises, sdkDescriptions } from '@assay/measurement'
import type { ProbeAnswer } from '@assay/protocol'
import { startApp, type InstalledApp, type Surroundings } from './device.ts'
import { createSoftwareKey, keyStoreOf } from './software-key.ts'

/** What makes a phone with a native app on it. */
export interface NativeDeviceOptions extends Surroundings {
  /** SDK that the app was built with, as `name/version`: what it can be asked is what is described of it. */
  sdk: string
  /** Code that was loaded. */
  segments: readonly MemorySegment[]
  /** Sections of executables as they are in memory. Default: they cannot be reached. */
  text?: readonly MemorySegment[]
  /** ABI of the native code, of an app that came in splits. */
  abi?: string
  /** Default: a key in the memory of the process. */
  keyStore?: AnyKeyStore
  /** What probes answer. Default: that they found nothing. */
  answers?: Readonly<Record<string, ProbeAnswer>>
}

/**
 * A phone whose app shows what a compiled SDK does: its own probes, and no text of functions. The exchange is that of
 * the
 * TypeScript SDK, which passes the same vectors as the others.
 */
export function createNativeDevice(options: NativeDeviceOptions): InstalledApp {
  const { sdk, segments, text, abi, keyStore = keyStoreOf(createSoftwareKey()), answers = {} } = options
  const described = sdkDescriptions[sdk]
  if (described === undefined) throw new Error('nothing is described of this SDK')
  return startApp(options, {
    image: memoryImage(segments),
    keyStore,
    probes: described.probes.map((name) => ({ name, ask: () => answers[name] ?? '' })),
    live: { functions: {}, exercises },
    ...(abi !== undefined && { abi }),
    ...(text !== undefined && { text: () => memoryImage(text) }),
  })
}
