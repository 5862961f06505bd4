import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { epochOf, epochSeed } from '../src/index.ts'
import { nodeCrypto } from '../src/node-crypto.ts'
import { codeOf, hex } from './exchange.ts'
import { noise } from './synthetic-image.ts'

describe('epochOf', () => {
  it('counts whole epochs since 1970', () => {
    expect(epochOf(0, 1800)).toBe(0)
    expect(epochOf(1799.9, 1800)).toBe(0)
    expect(epochOf(1800, 1800)).toBe(1)
  })

  it.each([
    [-1, 1800],
    [NaN, 1800],
    [0, 0],
    [0, 1.5],
    [0, -1800],
  ])('refuses time %d with epochs of %d seconds', async (time, length) => {
    expect(await codeOf(() => epochOf(time, length))).toBe('ERR_INVALID_ARG_VALUE')
  })
})

describe('epochSeed', () => {
  const key = noise(32, 'key')

  it('is HMAC(Kepoch, label, epoch, app and build)', async () => {
    const text = 'com.example.app/1.0+1'
    const input = [
      Buffer.from('assay/epoch/1\0'),
      Buffer.from([0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, text.length]),
      Buffer.from(text),
    ]
    const expected = createHmac('sha256', key).update(Buffer.concat(input)).digest('hex')
    expect(hex(await epochSeed(nodeCrypto, key, 258, 'com.example.app', '1.0+1'))).toBe(expected)
  })

  it('differs by key, epoch, app and build', async () => {
    const seeds = [
      await epochSeed(nodeCrypto, key, 1, 'app', '1'),
      await epochSeed(nodeCrypto, noise(32, 'other'), 1, 'app', '1'),
      await epochSeed(nodeCrypto, key, 2, 'app', '1'),
      await epochSeed(nodeCrypto, key, 1, 'app2', '1'),
      await epochSeed(nodeCrypto, key, 1, 'app', '2'),
    ]
    expect(new Set(seeds.map(hex)).size).toBe(5)
  })

  it('refuses a key that is none', async () => {
    expect(await codeOf(() => epochSeed(nodeCrypto, new Uint8Array(0), 1, 'app', '1'))).toBe(
      'ERR_INVALID_ARG_VALUE',
    )
  })
})
