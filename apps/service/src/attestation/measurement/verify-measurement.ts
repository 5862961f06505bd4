import type { Verified } from '@assay/evidence'
import {
  checkResponse,
  expectedTags,
  type CarryOutInput,
  type Eventually,
  type LiveOutcome,
  type ResponseCheck,
  type Tag,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import type { Build, Coverage, MeasurementResponse, Platform, ProbeAnswer } from '@assay/protocol'
import type { Exchange } from '../exchange.ts'

/** What a measurement is held against. Nothing of `build` comes from the caller. */
export interface ExpectedOfMeasurement {
  build: {
    app: string
    build: string
    platform: Platform
    versionCode: number
    coverage: Coverage
    debuggable: boolean
    /** Whether the engine that the build runs on shows the source of functions. */
    showsSource: boolean
  }
  expected: {
    /** Names of the probes that the plan asks for. */
    probes: readonly string[]
    compare(response: Uint8Array): Eventually<ResponseCheck>
    tags(live: Exclude<LiveOutcome, 'not_asked'>): Eventually<readonly Tag[]>
  }
  /** Answers to probes, as client data gives them. */
  probes: Readonly<Record<string, ProbeAnswer>>
}

/** The evidence format of measurements. @throws EvidenceError */
export type CheckMeasurement = (
  measurement: MeasurementResponse,
  against: ExpectedOfMeasurement,
) => Promise<Verified<unknown>>

/** Verifies the measurement of an exchange against the registered build. */
export function verifyMeasurement(
  { app, read, challenge, planned, digest }: Exchange,
  check: CheckMeasurement,
): Promise<Verified<unknown>> {
  const { measurement, probes } = read.clientData
  const { plan, planBytes, registered, sdk, exercises } = planned
  const { build, image } = registered
  const input: CarryOutInput = {
    plan,
    planBytes,
    challenge,
    digest,
    image,
    crypto: nodeCrypto,
    probes,
    live: { shown: sdk.shown, exercises },
  }
  return check(measurement, {
    build: {
      app: app.id,
      build: build.id,
      platform: app.platform,
      versionCode: build.version_code,
      coverage: build.coverage,
      debuggable: build.debuggable,
      showsSource: showsSource(build),
    },
    expected: {
      probes: plan.probes,
      compare: (response) => checkResponse(input, response),
      tags: (live) => expectedTags(digest, challenge, nodeCrypto, live === 'shown' ? sdk.shown : 'absent'),
    },
    probes,
  })
}

/** Hermes keeps bytecode only; the other engines show the source of functions. */
function showsSource({ framework }: Build): boolean {
  return framework !== 'react-native-hermes'
}
