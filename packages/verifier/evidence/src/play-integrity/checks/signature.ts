import { verify, type KeyObject } from 'node:crypto'
import { decodeBase64url, decodeUtf8, splitCompactJws } from '@assay/protocol'
import { PlayIntegrityError } from '../errors.ts'
import { decodeJsonObject } from '../json-object.ts'
import { checkProtectedHeader } from './protected-header.ts'

/** The content is a JWS that the app's verification key has signed with ES256. Returns its payload. */
export function checkSignature(content: Uint8Array, verificationKey: KeyObject): Uint8Array {
  const { header, payload, signature, signingInput } = parseJws(content)
  if (header.alg !== 'ES256') throw new PlayIntegrityError('PLAY_INTEGRITY_JWS_HEADER')
  checkProtectedHeader(header, 'PLAY_INTEGRITY_JWS_HEADER')
  const key = { key: verificationKey, dsaEncoding: 'ieee-p1363' } as const
  if (!verify('sha256', Buffer.from(signingInput), key, signature)) {
    throw new PlayIntegrityError('PLAY_INTEGRITY_SIGNATURE')
  }
  return payload
}

function parseJws(content: Uint8Array) {
  const text = decodeUtf8(content)
  const parts = text === undefined ? undefined : splitCompactJws(text)
  if (parts === undefined) throw new PlayIntegrityError('PLAY_INTEGRITY_JWS_FORM')
  const header = decodeJsonObject(decodeBase64url(parts.header))
  const payload = decodeBase64url(parts.payload)
  const signature = decodeBase64url(parts.signature)
  if (header === undefined || payload === undefined || signature === undefined)
    throw new PlayIntegrityError('PLAY_INTEGRITY_JWS_FORM')
  return { header, payload, signature, signingInput: parts.signingInput }
}
