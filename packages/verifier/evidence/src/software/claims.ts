import { channels, coverages, platforms } from '@assay/protocol'
import {
  alwaysTrue,
  bool,
  int,
  oneOf,
  optional,
  probes,
  record,
  text,
  type ValueOf,
} from '../port/claim-table.ts'

/** What software evidence asserts. */
export type SoftwareClaims = ValueOf<typeof softwareClaims>

export const softwareClaims = record({
  /**
   * Of what `coverage` says: whoever answered knew this epoch's digest of every covered byte of the build, and read the bytes that this
   * challenge asks for. It is not shown that they have all bytes now.
   */
  measured: alwaysTrue,
  app: text,
  build: text,
  platform: oneOf(...platforms),
  versionCode: int,
  /** For whom the build is. */
  channel: oneOf(...channels),
  /**
   * Which segments were measured. `none`: the code differs from the registered one, and in the first days of the release
   * that alone refuses nothing. Nothing is shown then, not even `live` and `text`.
   */
  coverage: oneOf(...coverages, 'none'),
  /**
   * For the coverage `entry`: what holds the modules that the page loads later to their registered bytes. `pinned`: the
   * engine, by the import map that was measured; `unmeasured`: nothing, because the engine knows no `integrity` there, or
   * did not say which one it is. The engine states this itself, and can only lie to its owner's API.
   */
  lazy: optional(oneOf('pinned', 'unmeasured')),
  /**
   * For a web build that has a service worker: it is not measured, because a page cannot tell which version of its worker
   * answers it. A worker that was changed can show the SDK the registered files and run others.
   */
  serviceWorker: optional(oneOf('unmeasured')),
  /** ABI of the native code that was measured; left out for a build that is not registered by ABI. */
  abi: optional(text),
  /**
   * What a store made of the build: the name under which it is registered beside it. Left out for the image that was
   * registered first.
   */
  variant: optional(text),
  debuggable: bool,
  /**
   * The SDK's functions as the engine shows them: `matched` with the registered source, `absent` on an engine that
   * shows none, `not_applicable` where the build's SDK is compiled and nothing could show any, `not_asked` where the
   * plan did not ask. Only the first is informative.
   */
  live: oneOf('matched', 'absent', 'not_applicable', 'not_asked'),
  /**
   * The second image, the text sections of an iOS app as they are in memory: `matched` with the registered ones,
   * `differs`, `absent` where the reader cannot reach them, `not_asked` for a build that has none. It is not known yet
   * whether store builds match on devices, so `differs` alone refuses nothing.
   */
  text: oneOf('matched', 'differs', 'absent', 'not_asked'),
  /** Probe name to answer, as given and covered by the response. */
  probes,
})
