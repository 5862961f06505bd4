import { createHash } from 'node:crypto'
import {
  appAttestAnchor,
  appleAppAttest,
  appleAppAttestAssertion,
  appleAppAttestationRoot,
  assertionContext,
  assertionKey,
  attestationContext,
  intermediateCache,
  type AppAttestClaims,
} from '@assay/evidence/apple-app-attest'

const apps = [{ platform: 'ios', appId: 'ABCDE12345.com.example.app' }] as const
const apple = [appAttestAnchor('Apple', appleAppAttestationRoot.pem)]
const intermediates = intermediateCache()

type StoredKey = Pick<AppAttestClaims, 'publicKey'> & { counter: number }

/** Once for each key. `attestation`: what `attestKey(keyId, clientDataHash: SHA256(challenge))` returned in the app. */
export async function verifyNewKey(
  sent: { challenge: Uint8Array; keyId: Uint8Array; attestation: Uint8Array },
  now: number, // Unix seconds
  anchors = apple,
): Promise<StoredKey> {
  const parsed = appleAppAttest.parse({
    format: 'apple-app-attest',
    key_id: Buffer.from(sent.keyId).toString('base64url'),
    attestation: Buffer.from(sent.attestation).toString('base64url'),
  })
  const commitment = createHash('sha256').update(sent.challenge).digest()
  const context = attestationContext({
    ...{ commitment, now, apps, anchors, intermediates },
    environments: ['production'],
    system: 'ios',
  })
  const { claims } = await appleAppAttest.verify(parsed, context)
  return { publicKey: claims.publicKey, counter: claims.counter }
}

/** Each request after it. `assertion`: what `generateAssertion(keyId, clientDataHash: SHA256(clientData))` returned. */
export async function verifyRequest(
  sent: { clientData: Uint8Array; assertion: Uint8Array },
  stored: StoredKey,
): Promise<StoredKey> {
  const parsed = appleAppAttestAssertion.parse({
    format: 'apple-app-attest-assertion',
    assertion: Buffer.from(sent.assertion).toString('base64url'),
  })
  const commitment = createHash('sha256').update(sent.clientData).digest()
  const key = await assertionKey(stored.publicKey)
  const context = assertionContext({ commitment, apps, key, previousCounter: stored.counter })
  const { claims } = await appleAppAttestAssertion.verify(parsed, context)
  // To be stored only where the stored counter still is the previous one.
  return { ...stored, counter: claims.counter }
}
