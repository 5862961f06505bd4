import { createHmac } from 'node:crypto'
import {
  encode,
  installation,
  issuerEd25519Key,
  issuerKey,
  mintToken,
  publicJwkOf,
  signBytes,
  signJws,
  tokenClaims,
  tokenHeader,
} from './minting.ts'

/** Tokens and keys that are wrong in one way each, where it takes more than another claim. */

/** The public key of the issuer, treated as the secret of a MAC. */
export function tokenWithMac(): string {
  const input = `${encode({ ...tokenHeader, alg: 'HS256' })}.${encode(tokenClaims)}`
  const secret = issuerKey.publicKey.export({ format: 'pem', type: 'spki' })
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

export function ed25519Token(alg: string): string {
  return mintToken({ header: { alg, kid: 'key-2' }, key: issuerEd25519Key })
}

/** `exp` exactly as written, which `JSON.stringify` would not. */
export function tokenWithExp(written: string): string {
  const payload = JSON.stringify({ ...tokenClaims, exp: 0 }).replace('"exp":0', `"exp":${written}`)
  return signJws(tokenHeader, payload, issuerKey)
}

export function withDerSignature(token: string, key = issuerKey): string {
  const input = token.slice(0, token.lastIndexOf('.'))
  const raw = signBytes(input, key)
  const integer = (bytes: Buffer) => {
    const bare = bytes.subarray(bytes.findIndex((byte) => byte !== 0))
    const body = (bare[0] as number) >= 0x80 ? Buffer.concat([Buffer.of(0), bare]) : bare
    return Buffer.concat([Buffer.of(2, body.length), body])
  }
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  return `${input}.${Buffer.concat([Buffer.of(0x30, body.length), body]).toString('base64url')}`
}

/** Ed25519: S plus the group order is another encoding of the same scalar (RFC 8032 section 5.1.7 refuses it). */
export function withNonCanonicalS(token: string): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const input = token.slice(0, token.lastIndexOf('.'))
  const signature = Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url')
  let s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order
  for (let i = 32; i < 64; i++, s >>= 8n) signature[i] = Number(s & 0xffn)
  return `${input}.${signature.toString('base64url')}`
}

export function withPaddedPart(token: string): string {
  const [header, payload, signature] = token.split('.')
  return `${header}=.${payload}.${signature}`
}

/** A `+` or `/` of plain base64 in place of `-` or `_`. */
export function withPlainBase64(): string {
  for (let i = 0; ; i++) {
    const token = mintToken({ claims: { pad: `~~~???${i}` } })
    const [header, payload, signature] = token.split('.') as [string, string, string]
    if (/[-_]/.test(payload)) return `${header}.${payload.replace(/-/g, '+').replace(/_/g, '/')}.${signature}`
  }
}

/** One in 256 keys has a coordinate that starts with a zero byte; here the token names such a key without it. */
export function jwkWithStrippedZero() {
  return { ...publicJwkOf(installation), x: Buffer.alloc(31, 7).toString('base64url') }
}
