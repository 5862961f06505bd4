import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSealing } from '../../../src/storage/index.ts'

const key = Buffer.alloc(32, 7)
const sealing = createSealing(key)
const doesNotOpen = expect.objectContaining({ name: 'StorageError', code: 'STORAGE_SEALED_VALUE' }) as unknown
const failure = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return 'opened'
}

describe('sealing', () => {
  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array(), (name, value) => {
        const opened = sealing.open(name, sealing.seal(name, value))
        expect(Buffer.compare(opened, value)).toBe(0)
      }),
    )
  })

  it('never seals equal values equally', () => {
    const [one, two] = [sealing.seal('name', key), sealing.seal('name', key)]
    expect(one.equals(two)).toBe(false)
  })

  it('keeps to its envelope', () => {
    const nonce = Buffer.alloc(12, 1)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('assay/sealed/1\0name'))
    const sealed = Buffer.concat([cipher.update('value'), cipher.final()])
    const envelope = Buffer.concat([Buffer.of(1), nonce, cipher.getAuthTag(), sealed])
    expect(sealing.open('name', envelope).toString()).toBe('value')
    expect(sealing.seal('name', Buffer.from('value'))).toHaveLength(envelope.length)
  })

  it('opens nothing of which a bit was changed', () => {
    const envelope = sealing.seal('name', Buffer.from('a value'))
    for (let bit = 0; bit < envelope.length * 8; bit += 1) {
      const changed = Buffer.from(envelope)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(failure(() => sealing.open('name', changed))).toEqual(doesNotOpen)
    }
  })

  it('opens nothing that was cut or made longer', () => {
    const envelope = sealing.seal('name', Buffer.from('a value'))
    for (let length = 0; length < envelope.length; length += 1) {
      expect(failure(() => sealing.open('name', envelope.subarray(0, length)))).toEqual(doesNotOpen)
    }
    expect(failure(() => sealing.open('name', Buffer.concat([envelope, Buffer.of(0)])))).toEqual(doesNotOpen)
  })

  it('opens nothing under another name or key', () => {
    const envelope = sealing.seal('name', Buffer.from('value'))
    expect(failure(() => sealing.open('nam', envelope))).toEqual(doesNotOpen)
    const other = createSealing(Buffer.alloc(32, 8))
    expect(failure(() => other.open('name', envelope))).toEqual(doesNotOpen)
  })

  it('accepts only keys of 32 bytes', () => {
    for (const length of [0, 16, 31, 33, 64]) {
      expect(() => createSealing(new Uint8Array(length))).toThrow(
        expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }),
      )
    }
    expect(() => createSealing('a'.repeat(32) as unknown as Uint8Array)).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }),
    )
  })
})
