import { createPublicKey } from 'node:crypto'
import { parseCertificate, readValidity } from '@assay/codec/x509'
import {
  appAttestAnchor,
  AppAttestError,
  appAttestErrorCodes,
  appleAppAttest,
  appleAppAttestationRoot,
  attestationContext,
  type IntermediateCache,
} from '@assay/evidence/apple-app-attest'
import { itemOf } from '../inputs/evidence-items.ts'
import { outcomeOfRejecting } from '../target/refusals.ts'
import { base64In } from '../inputs/vector-inputs.ts'
import type { Target } from '../target/target.ts'

const anchor = appAttestAnchor(appleAppAttestationRoot.name, appleAppAttestationRoot.pem)

/** Takes intermediates with a name of ours for ones that the anchor has issued, so that what they sign is looked at. */
const intermediates: IntermediateCache = {
  get(encoded) {
    if (!Buffer.from(encoded).includes('Assay')) return undefined
    try {
      const { spki, subject, validity } = parseCertificate(encoded)
      const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
      return { anchor, key, subject, validity: readValidity(validity) }
    } catch {
      return undefined
    }
  },
  set: () => undefined,
}

const context = attestationContext({
  commitment: Buffer.alloc(32, 7),
  now: 1_795_674_000,
  anchors: [anchor],
  apps: [{ platform: 'ios', appId: 'TEAM123456.com.example.app' }],
  environments: ['production'],
  intermediates,
  system: 'ios',
})

/**
 * An attestation object in CBOR; an input that is JSON is a whole evidence item. What can be parsed is verified too.
 */
export const target: Target = {
  run: (input) => outcomeOfRejecting(() => verify(itemOf(input, wrap)), AppAttestError, appAttestErrorCodes),
  seeds: [{ ...wrap(Buffer.of(0xa0)) }, { ...wrap(Buffer.of(0xa0)), format: 'other' }].map((item) =>
    Buffer.from(JSON.stringify(item)),
  ),
  words: [
    'apple-appattest',
    'fmt',
    'attStmt',
    'x5c',
    'receipt',
    'authData',
    'apple_validation_category_01',
    'apple_bundle_version_01',
  ],
  vectors: { folder: 'apple-app-attest', inputs: ({ attestation }) => base64In(attestation) },
}

async function verify(item: unknown): Promise<void> {
  await appleAppAttest.verify(appleAppAttest.parse(item), context)
}

function wrap(object: Uint8Array) {
  const attestation = Buffer.from(object)
  return {
    format: 'apple-app-attest',
    key_id: credentialId(attestation).toString('base64url'),
    attestation: attestation.toString('base64url'),
  }
}

/** As the authenticator data states it, wherever that is in the object. */
function credentialId(object: Buffer): Buffer {
  const head = object.lastIndexOf('authData') + 'authData'.length
  // The head of a byte string with its length in one octet, or in two.
  const data = object.subarray(head + (object[head] === 0x58 ? 2 : 3))
  return data.length < 87 ? Buffer.alloc(32) : data.subarray(55, 87)
}
