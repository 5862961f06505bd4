import type { Verified } from '@assay/evidence'
import {
  checkResponse,
  expectedTags,
  sdkDescriptions,
  textPlan,
  type CarryOutInput,
  type Eventually,
  type LiveOutcome,
  type ResponseCheck,
  type Tag,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import type { Channel, ClientData, Coverage, Platform, ProbeAnswer } from '@assay/protocol'
import type { App, Build } from '@assay/protocol/schemas'
import type { BuildImage } from '../model/build-image.ts'
import type { BuildDigests } from './build-digests.ts'
import type { PlannedBuild } from './measurements.ts'

/** What a measurement is checked against. Nothing of `build` comes from the caller. */
export interface ExpectedOfMeasurement {
  build: {
    app: string
    build: string
    platform: Platform
    versionCode: number
    channel: Channel
    coverage: Coverage
    enginePins: boolean
    /** Whether the build has a service worker, which is not measured. */
    hasServiceWorker: boolean
    /** Set for a build that is registered by ABI. */
    abi: string | undefined
    /** Name of the variant; undefined: the image that was registered first. */
    variant: string | undefined
    debuggable: boolean
    /** Whether the engine that the build runs on shows the source of functions. */
    showsSource: boolean
    /** Whether the SDK of the build has functions whose source could be shown. */
    hasFunctions: boolean
  }
  expected: {
    /** Names of the probes that the plan asks for. */
    probes: readonly string[]
    compare(response: Uint8Array): Eventually<ResponseCheck>
    tags(live: Exclude<LiveOutcome, 'not_asked'>): Eventually<readonly Tag[]>
  }
  /** Compares the response of the second image; undefined if the plan does not ask for it. */
  text: ((response: Uint8Array) => Eventually<ResponseCheck>) | undefined
  /** Whether a response that differs is claimed as one, and not refused. */
  claimsDifference: boolean
  /** Answers to probes, as client data gives them. */
  probes: Readonly<Record<string, ProbeAnswer>>
}

/** The evidence format of measurements. @throws EvidenceError */
export type CheckMeasurement = (
  measured: Pick<ClientData, 'measurement' | 'text'>,
  against: ExpectedOfMeasurement,
) => Promise<Verified<unknown>>

/** A measurement as received, and what was planned. */
export interface Measured {
  app: Pick<App, 'id' | 'platform'>
  /** As it is registered now. */
  build: Pick<BuildImage, 'variant' | 'channel'>
  /** Whether the engine states that it supports `integrity` in import maps. */
  enginePins: boolean
  read: { clientData: Pick<ClientData, 'measurement' | 'text' | 'probes'> }
  /** The challenge's 48 bytes. */
  challenge: Uint8Array
  planned: PlannedBuild
  digests: BuildDigests
}

/** Verifies the measurement of an exchange against the registered build. */
export function verifyMeasurement(
  {
    app,
    enginePins,
    build: { variant, channel },
    read: { clientData },
    challenge,
    planned,
    digests,
  }: Measured,
  check: CheckMeasurement,
  claimsDifference = false,
): Promise<Verified<unknown>> {
  const { measurement, text, probes } = clientData
  const { plan, planBytes, registered, sdk, exercises } = planned
  const { build, image } = registered
  const input: CarryOutInput = {
    plan,
    planBytes,
    challenge,
    digest: digests.image,
    image,
    crypto: nodeCrypto,
    probes,
    live: { shown: sdk.shown, exercises },
  }
  return check(
    { measurement, text },
    {
      build: {
        app: app.id,
        build: build.id,
        platform: app.platform,
        versionCode: build.version_code,
        channel,
        coverage: build.coverage,
        enginePins,
        hasServiceWorker: build.warnings.includes('service_worker_not_measured'),
        abi: plan.abi,
        variant: variant ?? undefined,
        debuggable: build.debuggable,
        showsSource: showsSource(build),
        hasFunctions: hasFunctions(build),
      },
      expected: {
        probes: plan.probes,
        compare: (response) => checkResponse(input, response),
        tags: (live) =>
          expectedTags(digests.image, challenge, nodeCrypto, live === 'shown' ? sdk.shown : 'absent'),
      },
      text: expectedText(input, planned, digests),
      claimsDifference,
      probes,
    },
  )
}

/** The second image, if the plan asks for it. */
function expectedText(
  { planBytes, challenge, crypto }: CarryOutInput,
  { plan, registered: { text } }: PlannedBuild,
  { text: digest }: BuildDigests,
): ExpectedOfMeasurement['text'] {
  if (plan.text === undefined || text === undefined || digest === undefined) return undefined
  const second: CarryOutInput = {
    plan: textPlan({ ...plan, text: plan.text }),
    ...{ planBytes, challenge, crypto, digest, image: text.image, probes: {} },
  }
  return (response) => checkResponse(second, response)
}

/** Hermes keeps only bytecode; the other engines show the source of functions. */
function showsSource({ framework }: Build): boolean {
  return framework !== 'react-native-hermes'
}

/** A compiled SDK has none, according to the description registered with the build. */
function hasFunctions({ sdk }: Pick<Build, 'sdk'>): boolean {
  return sdk === null || sdkDescriptions[sdk]?.code !== 'native'
}
