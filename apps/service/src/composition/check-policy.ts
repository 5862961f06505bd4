import { vocabularyOf } from '@assay/appraisal'
import type { FaultyPlace } from '@assay/protocol'
import type { Api, App } from '@assay/protocol/schemas'
import { faultOfPolicy } from '../provisioning/policies.usecases.ts'
import { noDevicePasses } from '../provisioning/no-device-passes.ts'
import { productSchemes } from './product-schemes.ts'

/**
 * The first fault that a service of this version would find in a policy document, or `undefined`; it needs no service.
 *
 * @param document parsed JSON from any source
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
