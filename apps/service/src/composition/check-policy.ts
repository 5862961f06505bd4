import { bestOfMeasurementAlone, createPresets, presetNames, vocabularyOf } from '@assay/appraisal'
import { androidKeyDescription } from '@assay/evidence/android-key-attestation'
import { appAttestAssertionDescription, appAttestDescription } from '@assay/evidence/apple-app-attest'
import { playIntegrityDescription } from '@assay/evidence/play-integrity'
import type { Api, App, FaultyPlace } from '@assay/protocol'
import { faultOfPolicy } from '../provisioning/policies.usecases.ts'

/** The schemes of the product, in the order in which `createPlatform` registers them. */
export const productSchemes = [
  appAttestDescription,
  appAttestAssertionDescription,
  androidKeyDescription,
  playIntegrityDescription,
] as const

/**
 * What a service of this version says about a policy document, without a service: its first fault, or `undefined`.
 *
 * @param document JSON as parsed, from whomever
 */
export function checkPolicy(document: unknown): FaultyPlace | undefined {
  return faultOfPolicy(document, vocabularyOf(productSchemes))
}

/**
 * Whether no device of an app can ever get a token: its platform has no hardware evidence, and what its measurement alone
 * is worth under a built-in policy is not accepted. A policy of the operator's own is not looked into.
 *
 * @param api left out: any API that accepts `affirming` or `warning`
 */
export function neverPasses(
  { platform, policy }: Pick<App, 'platform' | 'policy'>,
  api?: Pick<Api, 'policy' | 'tiers' | 'enforcement'>,
): boolean {
  const id = api?.policy ?? policy ?? 'software-only'
  const name = presetNames.find((preset) => preset === id)
  const hasEvidence = productSchemes.some(({ settings }) => settings.platform === platform)
  if (name === undefined || hasEvidence || api?.enforcement === 'observe') return false
  const best = bestOfMeasurementAlone(createPresets(productSchemes).policy(name), platform)
  return !(api?.tiers ?? ['affirming', 'warning']).some((tier) => tier === best)
}
