import type { App } from '@assay/protocol/schemas'

/** The service chooses if the app names none. */
export function policyOf({ policy, evidence }: Pick<App, 'policy' | 'evidence'>): string {
  return policy ?? `${Object.keys(evidence).length > 0 ? 'balanced' : 'software-only'} (default)`
}
