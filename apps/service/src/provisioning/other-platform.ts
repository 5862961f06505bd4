import type { AppEvidence, Platform } from '@assay/protocol'
import { ProblemError } from '../faults/problem-error.ts'

/** The kinds of evidence that devices of a platform can give. */
const kindsOf: Readonly<Record<Platform, readonly (keyof AppEvidence)[]>> = {
  android: ['android_key_attestation', 'play_integrity'],
  ios: ['apple_app_attest'],
  web: [],
  node: [],
}

/** @throws ProblemError for evidence that no device of the platform can give: the app could never send it */
export function checkEvidence(platform: Platform, evidence: AppEvidence): void {
  const errors = Object.entries(evidence)
    .filter(([, settings]) => settings !== undefined)
    .filter(([kind]) => !(kindsOf[platform] as readonly string[]).includes(kind))
    .map(([kind]) => ({ pointer: `/evidence/${kind}`, code: 'other_platform' }))
  if (errors.length > 0) throw new ProblemError('evidence_settings_invalid', { errors })
}

/** Platforms whose apps have an identity of this kind that is held against builds or evidence. */
const platformsWith: Readonly<Record<'package' | 'signers', readonly Platform[]>> = {
  package: ['android', 'ios'],
  // An IPA is signed anew by the App Store: its team stands in the settings of App Attest.
  signers: ['android'],
}

/** No signers, and the app id as package, are what every app may have. @throws ProblemError for an identity that nothing would be held against */
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
