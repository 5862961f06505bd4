import { createHash, randomBytes, sign } from 'node:crypto'
import {
  clientDataSigningInput,
  decodeBase64url,
  encodeBase64url,
  jwtTypes,
  utf8,
  type AttestationRequest,
  type ClientData,
} from '@assay/protocol'
import type { SoftwareKey } from './software-key.ts'

/** A JWS in compact form over any header and payload, signed ES256 by `key`. */
export function signJws(header: object, payload: object, key: SoftwareKey): string {
  const input = [header, payload].map((part) => encodeBase64url(utf8(JSON.stringify(part)))).join('.')
  const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${encodeBase64url(signature)}`
}

/** A DPoP proof made by hand: a sound one for `method`, `url` and the present time unless `claims` say otherwise. */
export function forgeProof(key: SoftwareKey, method: string, url: string, claims: object = {}): string {
  const header = { typ: jwtTypes.dpop, alg: 'ES256', jwk: key.publicJwk }
  const jti = randomBytes(16).toString('base64url')
  return signJws(header, { jti, htm: method, htu: url, iat: Math.floor(Date.now() / 1000), ...claims }, key)
}

/** The client data of a recorded attestation. */
export function readClientData(recorded: AttestationRequest): ClientData {
  const bytes = decodeBase64url(recorded.client_data)
  if (bytes === undefined) throw new Error('the recorded client data is not base64url')
  return JSON.parse(Buffer.from(bytes).toString()) as ClientData
}

/** The plan's members of client data, base64url. */
export function namedPlan(plan: string | undefined): Pick<ClientData, 'plan_digest'> {
  if (plan === undefined) throw new Error('the answer has no plan')
  return { plan_digest: createHash('sha256').update(Buffer.from(plan, 'base64url')).digest('base64url') }
}

/** An attestation over any bytes as client data, signed by `key`. */
export function signAttestation(
  clientData: Uint8Array,
  key: SoftwareKey,
  evidence: AttestationRequest['evidence'] = [],
): AttestationRequest {
  return {
    client_data: encodeBase64url(clientData),
    signature: encodeBase64url(key.sign(clientDataSigningInput(clientData)) as Uint8Array),
    evidence,
  }
}

/** A recorded attestation with its client data changed and signed again by `key`. */
export function forgeAttestation(
  recorded: AttestationRequest,
  key: SoftwareKey,
  change: (clientData: ClientData) => object,
): AttestationRequest {
  const changed = utf8(JSON.stringify(change(readClientData(recorded))))
  return signAttestation(changed, key, recorded.evidence)
}
