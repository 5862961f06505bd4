import { createECDH, createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto'

/** A key on P-256 that is the same in every run, so that inputs which name it stay valid. It guards nothing. */
export interface FuzzingKey {
  readonly privateKey: KeyObject
  readonly jwk: { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
}

export function fuzzingKey(name: string): FuzzingKey {
  const ecdh = createECDH('prime256v1')
  const scalar = createHash('sha256').update(`fuzzing only: ${name}`).digest()
  ecdh.setPrivateKey(scalar)
  const point = ecdh.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  } as const
  return {
    jwk,
    privateKey: createPrivateKey({ key: { ...jwk, d: scalar.toString('base64url') }, format: 'jwk' }),
  }
}

/** A JWS in compact form around these very texts, which need not be JSON. */
export function signTexts(header: string, payload: string, { privateKey }: FuzzingKey): string {
  const input = `${encode(header)}.${encode(payload)}`
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')
