import { webcrypto } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { isNoPoint, p256PublicKey } from '../../src/ec/index.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
/** The last 64 bytes of its SubjectPublicKeyInfo are the coordinates. */
const { spki } = fixedKeyPair('P-256', 'point')
const [x, y] = [spki.subarray(-64, -32), spki.subarray(-32)]
const prime = Buffer.from('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 'hex')

describe('p256PublicKey', () => {
  it('returns the key with the coordinates', async () => {
    const key = await p256PublicKey({ x: text(x), y: text(y) })
    expect(key.export({ type: 'spki', format: 'der' })).toEqual(spki)
  })

  it('makes it extractable, without which later versions of Node make no key object of it', async () => {
    const importing = vi.spyOn(webcrypto.subtle, 'importKey')
    await p256PublicKey({ x: text(x), y: text(y) })
    expect(importing.mock.calls.map(([, , , isExtractable]) => isExtractable)).toEqual([true])
    importing.mockRestore()
  })

  it.each([
    ['are no point of the curve', x, x],
    ['lie beyond the field', prime, y],
    ['are zero', Buffer.alloc(32), Buffer.alloc(32)],
    ['are too short', x, y.subarray(1)],
    ['are too long', x, Buffer.concat([y, Buffer.of(0)])],
    ['have their border elsewhere', spki.subarray(-64, -31), spki.subarray(-31)],
  ])('refuses coordinates that %s', async (_name, at, and) => {
    const error: unknown = await p256PublicKey({ x: text(at), y: text(and) }).catch((cause: unknown) => cause)
    expect(isNoPoint(error)).toBe(true)
  })

  it.each([
    ['padded', (of: string) => `${of}=`],
    ['plain base64', (of: string) => of.replace(/^./, '+')],
    [
      'not canonical',
      (of: string) => of.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
    ],
  ])('refuses coordinates that are %s', async (_name, change) => {
    const error: unknown = await p256PublicKey({ x: text(x), y: change(text(y)) }).catch(
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
