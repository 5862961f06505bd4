import { webcrypto } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { isNoPoint, p256PublicKey } from '../../src/ec/index.ts'

const pointOf = (x: Uint8Array, y: Uint8Array) => new Uint8Array(Buffer.concat([Buffer.of(4), x, y]))
/** The last 64 bytes of its SubjectPublicKeyInfo are the coordinates. */
const { spki } = fixedKeyPair('P-256', 'point')
const [x, y] = [spki.subarray(-64, -32), spki.subarray(-32)]
const prime = Buffer.from('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 'hex')

describe('p256PublicKey', () => {
  it('returns the key of the point', async () => {
    const key = await p256PublicKey(pointOf(x, y))
    expect(key.export({ type: 'spki', format: 'der' })).toEqual(spki)
  })

  it('makes it extractable, without which later versions of Node make no key object of it', async () => {
    const importing = vi.spyOn(webcrypto.subtle, 'importKey')
    await p256PublicKey(pointOf(x, y))
    expect(importing.mock.calls.map(([, , , isExtractable]) => isExtractable)).toEqual([true])
    importing.mockRestore()
  })

  it.each([
    ['is not on the curve', pointOf(x, x)],
    ['lies beyond the field', pointOf(prime, y)],
    ['is zero', pointOf(Buffer.alloc(32), Buffer.alloc(32))],
    ['is too short', pointOf(x, y.subarray(1))],
    ['is too long', pointOf(x, Buffer.concat([y, Buffer.of(0)]))],
    ['is compressed', Buffer.concat([Buffer.of(2 + ((y.at(-1) as number) & 1)), x])],
    ['has another form', Buffer.concat([Buffer.of(6 + ((y.at(-1) as number) & 1)), x, y])],
    ['is missing', undefined],
  ])('refuses a point that %s', async (_name, point) => {
    const error: unknown = await p256PublicKey(point && new Uint8Array(point)).catch(
      (cause: unknown) => cause,
    )
    expect(isNoPoint(error)).toBe(true)
  })
})

describe('isNoPoint', () => {
  it.each([new Error('out of memory'), new DOMException('', 'OperationError'), undefined])(
    'is false for any other failure: %s',
    (error) => {
      expect(isNoPoint(error)).toBe(false)
    },
  )
})
