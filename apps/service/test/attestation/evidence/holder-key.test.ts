import type { Verified } from '@assay/evidence'
import { describe, expect, it } from 'vitest'
import { holderKeyOf } from '../../../src/attestation/evidence/holder-key.ts'
import { androidKeyFormat } from '../../../src/composition/evidence/android-key-format.ts'
import { appAttestFormats } from '../../../src/composition/evidence/app-attest-formats.ts'
import { playIntegrityFormat } from '../../../src/composition/evidence/play-integrity-format.ts'

const notAsked = () => Promise.reject(new Error('not asked'))
const formats = [
  ...appAttestFormats([]),
  androidKeyFormat({ stateOf: notAsked }, []),
  playIntegrityFormat({ secrets: { find: notAsked }, decode: notAsked }),
]

const piece = (name: string, claims: object = {}) => {
  const format = formats.find((one) => one.name === name)
  if (format === undefined) throw new Error(`there is no format ${name}`)
  return { format, verified: { format: name, claims } as Verified<unknown> }
}
const chain = (attestationSecurityLevel: string, keyMintSecurityLevel = attestationSecurityLevel) =>
  piece('android-key-attestation', { attestationSecurityLevel, keyMintSecurityLevel })
const now = { isAttestedItself: false, remembered: undefined }

describe('the installation key', () => {
  it('is called vouched for where hardware signed beside it', () => {
    expect(holderKeyOf({ ...now, evidence: [piece('apple-app-attest')] })).toBe('vouched')
    expect(holderKeyOf({ ...now, evidence: [chain('TrustedEnvironment')] })).toBe('vouched')
    expect(holderKeyOf({ ...now, evidence: [chain('StrongBox')] })).toBe('vouched')
  })

  it('is called a hardware key where it is the attested one, and was when it was remembered', () => {
    expect(holderKeyOf({ ...now, isAttestedItself: true, evidence: [chain('StrongBox')] })).toBe('hardware')
    expect(holderKeyOf({ ...now, remembered: 'hardware', evidence: [chain('StrongBox')] })).toBe('hardware')
    expect(holderKeyOf({ ...now, remembered: 'vouched', evidence: [chain('StrongBox')] })).toBe('vouched')
  })

  it.each([
    ['nothing', []],
    ['Google Play alone', [piece('play-integrity')]],
    ['an assertion without its attestation', [piece('apple-app-attest-assertion')]],
    ['an attestation made in software', [chain('Software', 'TrustedEnvironment')]],
    ['an attestation of a key kept in software', [chain('TrustedEnvironment', 'Software')]],
  ])('is called a software key with %s, whatever else is said of it', (_what, evidence) => {
    expect(holderKeyOf({ ...now, evidence })).toBe('software')
    expect(holderKeyOf({ isAttestedItself: true, remembered: 'hardware', evidence })).toBe('software')
  })
})
