import {
  androidKeyAttestation,
  androidKeyContext,
  googleAnchors,
  issuerKeys,
  readStatusList,
  statusListSource,
  type AndroidKeyClaims,
  type StatusListSnapshot,
} from '@assay/evidence/android-key-attestation'

const apps = [{ platform: 'android', package: 'com.example.app', signers: ['ab'.repeat(32)] }] as const
const issuers = issuerKeys()
let latest: StatusListSnapshot | undefined

/** Regularly, with https://android.googleapis.com/attestation/status. Without a list, or with an old one, nothing passes. */
export function keepStatusList(list: unknown, now: number): void {
  latest = { list: readStatusList(list), readAt: now }
}

/** `chain`: DER, what `KeyStore.getCertificateChain` returned for a key with `setAttestationChallenge(challenge)`. */
export async function verifyKey(
  sent: { challenge: Uint8Array; chain: readonly Uint8Array[] },
  now: number, // Unix seconds
  anchors = googleAnchors,
): Promise<AndroidKeyClaims> {
  const parsed = androidKeyAttestation.parse({
    format: 'android-key-attestation',
    chain: sent.chain.map((each) => Buffer.from(each).toString('base64url')),
  })
  const revocation = statusListSource(() => latest, { maxAge: 86_400, now: () => now })
  const context = androidKeyContext({
    ...{ commitment: sent.challenge, now, anchors, revocation, apps, issuers },
  })
  const { claims } = await androidKeyAttestation.verify(parsed, context)
  return claims
}

/** Verified is not good: which phones are good enough is up to you. */
export function isGoodPhone(claims: AndroidKeyClaims): boolean {
  return (
    claims.attestationSecurityLevel !== 'Software' &&
    claims.keyMintSecurityLevel !== 'Software' &&
    claims.deviceLocked &&
    claims.verifiedBootState === 'Verified'
  )
}
