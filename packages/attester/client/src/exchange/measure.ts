import {
  askProbes,
  carryOut,
  checkPlanFits,
  coreFunctions,
  coveredSegments,
  digestImage,
  exercises as allExercises,
  jsProbes,
  parsePlan,
  planSeed,
  probeTable,
  showFunctions,
  type CarriedOut,
  type CarryOutInput,
  type CodeImage,
  type ImageDigest,
  type Plan,
} from '@assay/measurement'
import { encodeBase64url, type MeasurementResponse, type ProbeAnswer } from '@assay/protocol'
import { decodeBase64url } from '@assay/protocol/encodings'
import { AssayClientError, orFail } from '../errors/error.ts'
import type { Lifetime } from '../runtime/lifetime.ts'
import type { ClientConfig } from '../options/options.ts'

/** As in client data, in this order. */
export interface Measured {
  measurement: MeasurementResponse
  text?: MeasurementResponse | null
  probes: Record<string, ProbeAnswer>
}

/** Carries out the part of a plan for the second image. */
export type MeasureText = (
  input: Pick<CarryOutInput, 'plan' | 'planBytes' | 'challenge' | 'crypto'>,
  text: NonNullable<Plan['text']>,
) => Promise<MeasurementResponse | null>

/** Carries out `plan` (base64url, as received) for `challenge` (64 characters, as received). `digest`: that of the plan, as client data has it. */
export type Measure = (plan: string, challenge: string) => Promise<Measured & { digest: string }>

/**
 * Measures the app as plans ask. The whole-code digest is kept in memory as long as plans come with the same seed, that
 * is, for one epoch: then an attestation reads a few kilobytes instead of every byte of the app.
 */
export function createMeasure(config: ClientConfig, lifetime: Lifetime, measureText?: MeasureText): Measure {
  /** Milliseconds that all probes of a plan together may take; late answers count as late. */
  const probeDeadline = 2000
  /** Milliseconds until the code image must be open: a challenge is good for no longer. */
  const openDeadline = 120_000
  const { crypto, image: given } = config
  const live = config.live ?? { functions: coreFunctions, exercises: allExercises }
  const table = probeTable(config.probes ?? jsProbes({ global: globalThis }))
  let opened: CodeImage | undefined
  let digest: ImageDigest | undefined
  /** Seed and coverage of `digest`. */
  let digestOf: string | undefined

  async function measure(planText: string, challengeText: string): ReturnType<Measure> {
    const planBytes = decodeBase64url(planText)
    const challenge = decodeBase64url(challengeText)
    if (!planBytes || !challenge) throw new AssayClientError('response_invalid')
    const plan = parsePlan(planBytes)
    const { seed, coverage } = plan
    const image = (opened ??=
      typeof given === 'function'
        ? await lifetime.within(openDeadline, async (signal) => given(coverage, signal))
        : given)
    if (image.isListed) {
      const { length } = coveredSegments(image.segments, coverage)
      for (const read of plan.reads) read.segment %= length
    }
    checkPlanFits(plan, image.segments, { ...config, ...live, probes: table })
    const shown = await showFunctions(plan.live.show, live.functions, crypto)
    const probes = plan.probes[0]
      ? await askProbes(table, plan.probes, lifetime.sleep(probeDeadline, 'background'))
      : {}
    if (!digest || digestOf !== seed + coverage) {
      digest = await digestImage(image, coverage, planSeed(plan), crypto)
      digestOf = seed + coverage
    }
    const input = { plan, planBytes, challenge, digest, image, crypto, probes, live: { ...live, shown } }
    return {
      digest: encodeBase64url(await crypto.sha256([planBytes])),
      measurement: responseOf(await carryOut(input)),
      ...(plan.text && { text: (await measureText?.(input, plan.text)) ?? null }),
      probes,
    }
  }

  return (plan, challenge) => orFail('measurement_failed', () => measure(plan, challenge))
}

export function responseOf({ response, tags }: CarriedOut): MeasurementResponse {
  return {
    response: encodeBase64url(response),
    tags: Object.fromEntries(tags.map(({ name, tag }) => [name, encodeBase64url(tag)])),
  }
}
