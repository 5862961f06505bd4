import type { EvidenceScheme, Verified } from '@assay/evidence'
import { exampleScheme } from '@assay/evidence/example'
import { describe, expect, it } from 'vitest'
import { checkAgreement, checkVouchingKeySigns } from '../../../src/attestation/evidence/agreement.ts'

const scheme = (more: Partial<EvidenceScheme>): EvidenceScheme => ({
  ...exampleScheme({ anchors: [], revocation: { stateOf: () => Promise.reject(new Error('not asked')) } }),
  ...more,
})
/** A piece whose claims state this version code, or none. */
const piece = (versionCode: number | undefined, more: Partial<EvidenceScheme> = {}) => ({
  scheme: scheme({ versionCode: () => versionCode, ...more }),
  canSign: false,
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

describe('a vouching key that can sign', () => {
  const recalled = [{ ...piece(7), canSign: true }]

  it('may sign along with its remembered evidence', () => {
    expect(() => checkVouchingKeySigns({ fresh: [piece(7, { asserts: 'example' })], recalled })).not.toThrow()
    expect(() => checkVouchingKeySigns({ fresh: [], recalled: [piece(7)] })).not.toThrow()
  })

  it.each([
    ['with nothing', []],
    ['with evidence of another kind', [piece(7, { asserts: 'another' })]],
  ])('is refused if its remembered evidence comes %s', (_what, fresh) => {
    expect(() => checkVouchingKeySigns({ fresh, recalled })).toThrow(code('VOUCHING_KEY_SIGNATURE_MISSING'))
  })
})
