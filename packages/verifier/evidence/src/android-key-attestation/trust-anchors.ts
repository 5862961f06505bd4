import { parseCertificate } from '@assay/codec/x509'
import type { NonEmpty, TrustAnchor } from '../port/verify-context.ts'
import { googleHwAttestationRsa2022 } from './roots/google-hw-attestation-rsa-2022.ts'
import { googleHwAttestationRsa2021 } from './roots/google-hw-attestation-rsa-2021.ts'
import { googleHwAttestationRsa2019 } from './roots/google-hw-attestation-rsa-2019.ts'
import { googleHwAttestationRsa2016 } from './roots/google-hw-attestation-rsa-2016.ts'
import { googleKeyAttestationCa1 } from './roots/google-key-attestation-ca1-ec-p384.ts'
import type { RootCertificate } from './roots/root-certificate.ts'

/** Google's roots of Android Key Attestation. The first four carry one key: devices hold whichever was current. */
export const googleRoots: NonEmpty<RootCertificate> = [
  googleHwAttestationRsa2022,
  googleHwAttestationRsa2021,
  googleHwAttestationRsa2019,
  googleHwAttestationRsa2016,
  googleKeyAttestationCa1,
]

/** The keys of {@link googleRoots}, each once: what a production service trusts. */
export const googleAnchors: NonEmpty<TrustAnchor> = [
  anchorOf(googleHwAttestationRsa2022, 'google-hw-attestation-rsa'),
  anchorOf(googleKeyAttestationCa1, 'google-key-attestation-ca1'),
]

/**
 * Roots of software attestation, by SHA-256 of their SubjectPublicKeyInfo. Their private keys are published with
 * Android's sources, so they are refused even if somebody has made them anchors.
 */
export const softwareRoots: readonly { readonly name: string; readonly spkiSha256: string }[] = [
  {
    name: 'google-software-root-ec',
    spkiSha256: 'd5100c7942ef2e8310dc30ef82729680cf48d690735c3f68179a33c7c370f286',
  },
  {
    name: 'google-software-root-rsa',
    spkiSha256: 'f2c4746f545946c100e72297f8f946344d7052f03a2f694221f9c893b0e6f711',
  },
]

function anchorOf({ pem }: RootCertificate, name: string): TrustAnchor {
  return { name, publicKey: parseCertificate(derOf(pem)).spki }
}

function derOf(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64')
}
