import type { SchemeSettings } from '@assay/evidence'
import type { AppEvidence, Platform } from '@assay/protocol'
import { ProblemError } from '../faults/problem-error.ts'

/** @throws ProblemError for evidence that no device of the platform can give: the app could never send it */
export function checkEvidence(
  platform: Platform,
  evidence: AppEvidence,
  settings: readonly SchemeSettings[],
): void {
  const possible = settings.filter((each) => each.platform === platform).map(({ name }) => name)
  const errors = Object.entries(evidence)
    .filter(([name, value]) => value !== undefined && !possible.includes(name))
    .map(([name]) => ({ pointer: `/evidence/${name}`, code: 'other_platform' }))
  if (errors.length > 0) throw new ProblemError('evidence_settings_invalid', { errors })
}

/** Platforms whose apps have an identity of this kind that is checked against builds or evidence. */
const platformsWith: Readonly<Record<'package' | 'signers', readonly Platform[]>> = {
  package: ['android', 'ios'],
  // An IPA is signed again by the App Store: its team is in the settings of its evidence.
  signers: ['android'],
}

/**
 * No signers, and the app id as package, are what every app may have. @throws ProblemError for an identity that
 * nothing would be checked against
 */
export function checkIdentity(
  platform: Platform,
  identity: {
    id?: string
    package?: string | undefined
    signers?: readonly string[] | undefined
  },
): void {
  const { id, package: name = id } = identity
  const given = { package: name !== id, signers: (identity.signers ?? []).length > 0 }
  const errors = (['package', 'signers'] as const)
    .filter((member) => given[member] && !platformsWith[member].includes(platform))
    .map((member) => ({ pointer: `/${member}`, code: 'other_platform' }))
  if (errors.length > 0) throw new ProblemError('request_invalid', { errors })
}
