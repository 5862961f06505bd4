import type { Verified } from '@assay/evidence'
import { describe, expect, it } from 'vitest'
import { checkAgreement, checkAnchorSigns } from '../../../src/attestation/evidence/agreement.ts'
import type { PlatformFormat } from '../../../src/attestation/evidence/platform-format.ts'

/** A piece whose claims state this version code, or none. */
const piece = (versionCode: number | undefined, more: Partial<PlatformFormat> = {}) => ({
  format: {
    name: 'a-format',
    isRemote: false,
    isConfigured: () => true,
    accept: () => Promise.reject(new Error('not asked')),
    versionCode: () => versionCode,
    ...more,
  },
  verified: { format: 'a-format', claims: {} } as Verified<unknown>,
})
const build = { version_code: 7, package: 'com.example.app' }
const code = (code: string) => expect.objectContaining({ code }) as unknown

describe('what pieces of evidence state', () => {
  it.each([
    ['nothing', [], []],
    ['the version of the measured build, both', [piece(7), piece(7)], []],
    ['none', [piece(undefined)], [piece(undefined)]],
    ['an older version, where it is remembered', [piece(7)], [piece(6)]],
  ])('agrees: %s', (_what, fresh, recalled) => {
    expect(() => checkAgreement({ fresh, recalled }, build)).not.toThrow()
  })

  it.each([
    ['an older version in new evidence', [piece(7), piece(6)], []],
    ['a newer version in new evidence', [piece(8)], []],
    ['a newer version in remembered evidence', [piece(7)], [piece(8)]],
  ])('disagrees: %s', (_what, fresh, recalled) => {
    expect(() => checkAgreement({ fresh, recalled }, build)).toThrow(code('EVIDENCE_DISAGREES'))
  })
})

describe('an anchor that can sign', () => {
  const recalled = [piece(7, { name: 'a-key', signedBy: 'a-signature' })]

  it('signs beside what is remembered of it', () => {
    expect(() => checkAnchorSigns({ fresh: [piece(7, { name: 'a-signature' })], recalled })).not.toThrow()
    expect(() => checkAnchorSigns({ fresh: [], recalled: [piece(7)] })).not.toThrow()
  })

  it.each([
    ['with nothing', []],
    ['with evidence of another kind', [piece(7, { name: 'another' })]],
  ])('does not stand on what is remembered %s beside it', (_what, fresh) => {
    expect(() => checkAnchorSigns({ fresh, recalled })).toThrow(code('ANCHOR_SIGNATURE_MISSING'))
  })
})
