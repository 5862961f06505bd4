import { decodeCompactJws, readPublicJwk } from '@assay/protocol'
import { fuzzingKey, signTexts } from '../fuzzing-keys.ts'
import { refused } from '../refusals.ts'
import { accepted, type Target } from '../target.ts'

const key = fuzzingKey('compact jws')

/** A JWS in compact form and, as proofs have one, the key in its header. */
export const target: Target = {
  run(input) {
    const decoded = decodeCompactJws(Buffer.from(input).toString('latin1'))
    if (decoded === undefined) return refused
    const jwk = readPublicJwk(decoded.header['jwk'])
    return jwk.ok ? accepted : jwk.fault
  },
  seeds: [
    { jwk: key.jwk },
    { jwk: { ...key.jwk, d: 'AA', alg: 'ES256' } },
    { jwk: { ...key.jwk, x: 'AA' } },
    { jwk: { ...key.jwk, y: 1, name: '\u{1f600}\u00e9\u20ac' } },
    { jwk: [] },
    { alg: 'ES256' },
  ].map((header) => Buffer.from(signTexts(JSON.stringify(header), '{"jti":"proof"}', key))),
}
