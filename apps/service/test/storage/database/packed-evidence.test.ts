import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { packEvidence, unpackEvidence } from '../../../src/storage/database/packed-evidence.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** What a phone's chain leaves, shortened. */
const chain = {
  format: 'android-key-attestation',
  claims: {
    version: 1,
    claims: {
      platform: 'android',
      keySha256: digest('key'),
      attestationKeySha256: digest('device'),
      provisioning: 'remote',
      attestationVersion: 400,
      attestationSecurityLevel: 'TrustedEnvironment',
      verifiedBootState: 'Verified',
      deviceLocked: true,
      packageNames: ['com.example.shop'],
    },
  },
  verifiedAt: 1_795_770_301_358,
}

describe('evidence in the database', () => {
  it.each([
    ['none', []],
    ['of a phone', [chain]],
    ['of a format that the dictionary does not know', [{ format: 'other', claims: 'ä', verifiedAt: 1 }]],
    [
      'larger than the window',
      [{ format: 'other', claims: Array.from({ length: 999 }, (_, i) => digest(`${i}`)), verifiedAt: 1 }],
    ],
  ])('is the same when it is read: %s', (_, evidence) => {
    expect(unpackEvidence(packEvidence(evidence))).toEqual(evidence)
  })

  it('takes a third of its JSON', () => {
    expect(packEvidence([chain]).length * 3).toBeLessThan(JSON.stringify([chain]).length)
  })

  // A dictionary that was edited would make what lies in databases unreadable.
  it('is readable if it was packed with the first dictionary', () => {
    const packed = Buffer.from(packedOnce, 'base64')
    expect(unpackEvidence(packed)).toEqual([chain])
  })

  it('is refused if it is damaged, of a later version, or far too large', () => {
    expect(() => unpackEvidence(Buffer.of(2, 0))).toThrow('does not know')
    expect(() => unpackEvidence(Buffer.alloc(0))).toThrow('does not know')
    expect(() => unpackEvidence(packEvidence([chain]).subarray(0, 9))).toThrow()
    const bomb = Buffer.concat([Buffer.of(1), deflateRawSync(Buffer.alloc(1 << 21))])
    expect(() => unpackEvidence(bomb)).toThrow()
  })
})

const packedOnce =
  'Ab3Uuw0CMQwA0I2Qf4mdYShixxYFiJNoaNidBQ5oTgzx3p8moVBIJNcJXXoNIh0lpKHOlsosy7KxjajCrhNXMKRyGXXvxp8nos5TlqegmJWbEooDMDGP5T4KwtZECeyropDBxIuDWqOM2b6EdNgyP5LYk7/HK5/ztl3z9Ljctz04o6kCA3Kz1/kN'
