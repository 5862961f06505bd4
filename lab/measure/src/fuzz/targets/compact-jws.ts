import {
  decodeCompactJws,
  readConfirmationKey,
  readConfirmationThumbprint,
  readPublicJwk,
} from '@assay/protocol'
import { fuzzingKey, signTexts } from '../inputs/fuzzing-keys.ts'
import { refused } from '../target/refusals.ts'
import { accepted, type Target } from '../target/target.ts'

const key = fuzzingKey('compact jws')
const jkt = 'A'.repeat(43)

/** A JWS in compact form and, as proofs have one, the key in its header, or as tokens do, the one that they confirm or its thumbprint. */
export const target: Target = {
  run(input) {
    const decoded = decodeCompactJws(Buffer.from(input).toString('latin1'))
    if (decoded === undefined) return refused
    const { header, payload } = decoded
    const { cnf } = payload
    if (cnf !== undefined)
      return (readConfirmationKey(cnf) ?? readConfirmationThumbprint(cnf)) === undefined ? refused : accepted
    const jwk = readPublicJwk(header['jwk'])
    return jwk.ok ? accepted : jwk.fault
  },
  seeds: [
    seed({ jwk: key.jwk }),
    seed({ jwk: { ...key.jwk, d: 'AA', alg: 'ES256' } }),
    seed({ jwk: { ...key.jwk, x: 'AA' } }),
    seed({ jwk: { ...key.jwk, y: 1, name: '\u{1f600}\u00e9\u20ac' } }),
    seed({ jwk: [] }),
    seed({ alg: 'ES256' }),
    seed({ alg: 'ES256' }, { cnf: { jwk: key.jwk } }),
    seed({ alg: 'ES256' }, { cnf: { jwk: key.jwk, kid: '1' } }),
    seed({ alg: 'ES256' }, { cnf: { jkt } }),
    seed({ alg: 'ES256' }, { cnf: { jkt, jwk: key.jwk } }),
    seed({ alg: 'ES256' }, { cnf: { jkt: 1 } }),
  ],
}

function seed(header: object, payload: object = { jti: 'proof' }): Buffer {
  return Buffer.from(signTexts(JSON.stringify(header), JSON.stringify(payload), key))
}
