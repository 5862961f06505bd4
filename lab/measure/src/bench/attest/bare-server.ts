import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type JsonWebKey,
} from 'node:crypto'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'

/**
 * The least that a service must do: it reads a JSON object and answers with one. For every second request it imports a
 * fresh JWK, verifies with it and signs. Nothing else runs in this process, so its CPU time is that of this work.
 */
const data = Buffer.alloc(1000, 1)
const dsaEncoding = 'ieee-p1363'
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
let waiting: { jwk: JsonWebKey; signature: Buffer }[] = []

const app = fastify({ logger: false })
app.post<{ Body: { count: number } }>('/prepare', ({ body }) => {
  waiting = Array.from({ length: body.count }, makeSigned)
  return {}
})
app.post('/empty', () => ({}))
app.post('/crypto', () => {
  const next = waiting.pop()
  if (next === undefined) throw new Error('nothing was prepared')
  const key = createPublicKey({ key: next.jwk, format: 'jwk' })
  if (!verify('sha256', data, { key, dsaEncoding }, next.signature)) throw new Error('a genuine signature')
  sign('sha256', data, { key: own, dsaEncoding })
  return {}
})

/**
 * By way of DER: on Node 20, `export({ format: 'jwk' })` of a key that was generated in this process can lock itself out
 * when garbage is collected in the middle of it.
 */
function makeSigned() {
  const der = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  })
  const signature = sign('sha256', data, {
    key: createPrivateKey({ key: der.privateKey, type: 'pkcs8', format: 'der' }),
    dsaEncoding,
  })
  const coordinate = (from: number, to?: number) => der.publicKey.subarray(from, to).toString('base64url')
  return { jwk: { kty: 'EC', crv: 'P-256', x: coordinate(-64, -32), y: coordinate(-32) }, signature }
}

await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address() as AddressInfo
console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}` }))
process.once('SIGTERM', () => void app.close())
