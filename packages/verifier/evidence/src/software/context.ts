import type { Eventually, LiveOutcome, ResponseCheck, Tag } from '@assay/measurement'
import type { Channel, Coverage, Platform, ProbeAnswer } from '@assay/protocol'

/** The registration of the build that the evidence is about. Nothing of it comes from the caller. */
export interface MeasuredBuild {
  readonly app: string
  readonly build: string
  readonly platform: Platform
  readonly versionCode: number
  readonly channel: Channel
  readonly coverage: Coverage
  /** For the coverage `entry`: whether the engine that answered enforces the digests of an import map for modules. */
  readonly enginePins: boolean
  /** Whether the build has a service worker, which is not measured. */
  readonly hasServiceWorker: boolean
  /** For a build that is registered by ABI: the ABI that the plan is for. */
  readonly abi: string | undefined
  /** Name of the variant that was measured; undefined: the image that was registered first. */
  readonly variant: string | undefined
  readonly debuggable: boolean
  /** Whether the engine that this build runs on shows the source of functions. Hermes does not. */
  readonly showsSource: boolean
  /** Whether the SDK of this build has functions whose source could be shown: by its registered description. */
  readonly hasFunctions: boolean
}

/** The Verifier's side of the measurement: the plan carried out over the registered image, for this challenge. */
export interface ExpectedMeasurement {
  /** Names of the probes that the plan asks for. */
  readonly probes: readonly string[]
  /** Compares a response of 32 bytes with the expected one, in constant time. */
  compare(response: Uint8Array): Eventually<ResponseCheck>
  /**
   * The tags of the registered build, in the order of the measurement. Asked for only when the response differs.
   * `shown`: with those of live functions.
   */
  tags(live: Exclude<LiveOutcome, 'not_asked'>): Eventually<readonly Tag[]>
}

export interface SoftwareContext {
  readonly build: MeasuredBuild
  readonly expected: ExpectedMeasurement
  /** Compares the response of the second image; undefined where the plan does not ask for it. */
  readonly text: ((response: Uint8Array) => Eventually<ResponseCheck>) | undefined
  /**
   * Whether a response that differs is claimed as one (coverage `none`), for a service that lets other evidence decide.
   * Default: it is refused.
   */
  readonly claimsDifference?: boolean
  /** The probe answers of the client data that the measurement is in. The response covers them. */
  readonly probes: Readonly<Record<string, ProbeAnswer>>
}
