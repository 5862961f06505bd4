import { generateKeyPairSync, webcrypto } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { importKey } from '../../src/attestations/check-challenge.ts'
import type { ReadClientData } from '../../src/attestations/read-client-data.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
/** SEC 1: the last 64 bytes of SPKI are the coordinates. */
const spki = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
}).publicKey
const [x, y] = [spki.subarray(-64, -32), spki.subarray(-32)]
const prime = Buffer.from('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 'hex')
const withKey = (at: Uint8Array, and: Uint8Array) =>
  ({ key: { kty: 'EC', crv: 'P-256', x: text(at), y: text(and) } }) as ReadClientData

afterEach(() => vi.restoreAllMocks())

describe('importKey', () => {
  it('makes of the coordinates the key that has them', async () => {
    const key = await importKey(withKey(x, y))
    expect(key.export({ type: 'spki', format: 'der' })).toEqual(spki)
  })

  it.each([
    ['is no point of the curve', x, x],
    ['has a coordinate beyond the field', prime, y],
    ['is the point at infinity, as far as it can be written', Buffer.alloc(32), Buffer.alloc(32)],
  ])('refuses one that %s', async (_name, at, and) => {
    await expect(importKey(withKey(at, and))).rejects.toMatchObject({ code: 'client_data_malformed' })
  })
  it('imports a key that may be made a KeyObject', async () => {
    const made = vi.spyOn(webcrypto.subtle, 'importKey')
    await importKey(withKey(x, y))
    await expect(made.mock.results[0]?.value).resolves.toMatchObject({ extractable: true })
  })

  it('takes no fault of the crypto library for one of the key', async () => {
    const fault = new DOMException('out of memory', 'OperationError')
    vi.spyOn(webcrypto.subtle, 'importKey').mockRejectedValueOnce(fault)
    await expect(importKey(withKey(x, y))).rejects.toBe(fault)
  })
})
