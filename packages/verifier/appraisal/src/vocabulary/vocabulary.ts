import { androidKeyClaims } from './android-key-attestation.ts'
import { appAttestAssertionClaims, appAttestClaims } from './apple-app-attest.ts'
import { int, oneOf, record, type RecordType } from './claim-type.ts'
import { playIntegrityClaims } from './play-integrity.ts'
import { softwareClaims } from './software.ts'

/** The claims of each format that a policy can speak of, by the name of the format. */
export const formatClaims = {
  software: softwareClaims,
  'apple-app-attest': appAttestClaims,
  'apple-app-attest-assertion': appAttestAssertionClaims,
  'android-key-attestation': androidKeyClaims,
  'play-integrity': playIntegrityClaims,
} as const satisfies Readonly<Record<string, RecordType>>

/** What the service knows of the installation, beside the evidence. */
export const installationClaims = record({
  holderKey: oneOf('software', 'vouched', 'hardware'),
  enrolmentsToday: int,
})

/** Formats by the name that expressions have for them: hyphens would be minus signs. */
export const formatsByIdentifier: ReadonlyMap<
  string,
  { readonly format: string; readonly claims: RecordType }
> = new Map(
  Object.entries(formatClaims).map(([format, claims]) => [format.replaceAll('-', '_'), { format, claims }]),
)
