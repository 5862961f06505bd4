import { randomBytes, sign } from 'node:crypto'
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

/** A recorded attestation with its client data changed and signed again by `key`. */
export function forgeAttestation(
  recorded: AttestationRequest,
  key: SoftwareKey,
  change: (clientData: ClientData) => object,
): AttestationRequest {
  const bytes = decodeBase64url(recorded.client_data)
  if (bytes === undefined) throw new Error('the recorded client data is not base64url')
  const clientData = JSON.parse(Buffer.from(bytes).toString()) as ClientData
  const changed = utf8(JSON.stringify(change(clientData)))
  return {
    ...recorded,
    client_data: encodeBase64url(changed),
    signature: encodeBase64url(key.sign(clientDataSigningInput(changed)) as Uint8Array),
  }
}
