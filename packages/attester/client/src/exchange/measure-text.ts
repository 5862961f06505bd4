import {
  carryOut,
  checkPlanFits,
  digestImage,
  MeasurementError,
  planSeed,
  textPlan,
  type CodeImage,
  type ImageDigest,
} from '@assay/measurement'
import type { MeasurementResponse } from '@assay/protocol'
import type { OpenText } from '../runtime/ports.ts'
import { responseOf, type MeasureText } from './measure.ts'

/**
 * Measures the second image: text sections as they are in memory. If it cannot be reached, or lacks what the plan asks
 * for, the answer is `null`: memory must not be a reason to withhold a token before it has been measured in the field.
 */
export function createMeasureText(open: OpenText): MeasureText {
  let opened: CodeImage | undefined
  let digest: ImageDigest | undefined
  let digestOf: string | undefined

  return async ({ plan, ...input }, text): Promise<MeasurementResponse | null> => {
    const ownPlan = textPlan({ ...plan, text })
    const image = (opened ??= await open())
    if (!image || !fits(ownPlan, image)) return null
    if (!digest || digestOf !== plan.seed) {
      digest = await digestImage(image, ownPlan.coverage, planSeed(plan), input.crypto)
      digestOf = plan.seed
    }
    return responseOf(await carryOut({ ...input, plan: ownPlan, image, digest, probes: {} }))
  }
}

function fits(plan: ReturnType<typeof textPlan>, image: CodeImage): boolean {
  try {
    checkPlanFits(plan, image.segments, { ...plan, probes: {}, functions: {}, exercises: {} })
    return true
  } catch (error) {
    if (error instanceof MeasurementError) return false
    throw error
  }
}
