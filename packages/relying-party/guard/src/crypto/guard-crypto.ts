import type { PublicJwk } from '@assay/protocol'

export type Eventually<T> = T | Promise<T>

/** A public key in the form that {@link GuardCrypto.importKey} takes: only the key. */
export type ImportableKey = PublicJwk | { kty: 'OKP'; crv: 'Ed25519'; x: string }

/** A public key with its one algorithm: ES256 for P-256, Ed25519 for Ed25519. */
export interface VerificationKey {
  /**
   * Whether `signature` is the base64url of a signature by this key over the ASCII text `signingInput`. ES256
   * signatures are r then s, 64 bytes (RFC 7518 section 3.4), nothing else; base64url is strict.
   */
  verify(signingInput: string, signature: string): Eventually<boolean>
}

/**
 * The primitives that the guard needs, from the platform. A method that can answer synchronously does so, without a
 * promise. If a method throws, that is a malfunction: the result reports bad input.
 */
export interface GuardCrypto {
  /** Decodes strict base64url of well-formed UTF-8; `undefined` for anything else. */
  decodeText(base64url: string): string | undefined
  /** `undefined` unless the coordinates are a point on the curve. */
  importKey(key: ImportableKey): Eventually<VerificationKey | undefined>
  /** Base64url of the SHA-256 of bytes or ASCII text. */
  sha256(data: Uint8Array | string): Eventually<string>
  /** HMAC-SHA-256: 32 bytes. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Eventually<Uint8Array>
}
