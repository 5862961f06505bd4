import { bestOfMeasurementAlone, createPresets, presetNames } from '@assay/appraisal'
import type { SchemeDescription } from '@assay/evidence'
import type { Api, App } from '@assay/protocol/schemas'

/**
 * Whether no device of an app can ever get a token: its platform has no hardware evidence, and what its measurement alone
 * is worth under a built-in policy is not accepted. A policy of the operator's own is not looked into.
 *
 * @param api left out: any API that accepts `affirming` or `warning`
 */
export function noDevicePasses(
  schemes: readonly SchemeDescription[],
  { platform, policy }: Pick<App, 'platform' | 'policy'>,
  api?: Pick<Api, 'policy' | 'tiers' | 'enforcement'>,
): boolean {
  const id = api?.policy ?? policy ?? 'software-only'
  const name = presetNames.find((preset) => preset === id)
  const hasEvidence = schemes.some(({ settings }) => settings.platform === platform)
  if (name === undefined || hasEvidence || api?.enforcement === 'observe') return false
  const best = bestOfMeasurementAlone(createPresets(schemes).policy(name), platform)
  return !(api?.tiers ?? ['affirming', 'warning']).some((tier) => tier === best)
}
