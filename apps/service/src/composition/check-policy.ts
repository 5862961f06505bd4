import { vocabularyOf } from '@assay/appraisal'
import type { Api, App, FaultyPlace } from '@assay/protocol'
import { faultOfPolicy } from '../provisioning/policies.usecases.ts'
import { noDevicePasses } from '../provisioning/no-device-passes.ts'
import { productSchemes } from './product-schemes.ts'

/**
 * What a service of this version says about a policy document, without a service: its first fault, or `undefined`.
 *
 * @param document JSON as parsed, from whomever
 */
export function checkPolicy(document: unknown): FaultyPlace | undefined {
  return faultOfPolicy(document, vocabularyOf(productSchemes))
}

/** Whether no device of an app can ever get a token from a service of this version: `noDevicePasses`. */
export function neverPasses(
  app: Pick<App, 'platform' | 'policy'>,
  api?: Pick<Api, 'policy' | 'tiers' | 'enforcement'>,
): boolean {
  return noDevicePasses(productSchemes, app, api)
}
