import { schemeRegistry, type EvidenceScheme, type Verified } from '@assay/evidence'
import { androidKeyScheme } from '@assay/evidence/android-key-attestation'
import { appAttestSchemes } from '@assay/evidence/apple-app-attest'
import { playIntegrityScheme } from '@assay/evidence/play-integrity'
import { describe, expect, it } from 'vitest'
import { holderKeyOf } from '../../../src/attestation/evidence/holder-key.ts'

const notAsked = () => Promise.reject(new Error('not asked'))
const schemes = schemeRegistry<EvidenceScheme>([
  ...appAttestSchemes([]),
  androidKeyScheme({ anchors: [], revocation: { stateOf: notAsked } }),
  playIntegrityScheme({ decode: notAsked }),
])

const piece = (name: string, claims: object = {}) => {
  const scheme = schemes.find(name)
  if (scheme === undefined) throw new Error(`there is no scheme ${name}`)
  return { scheme, verified: { format: name, claims } as Verified<unknown> }
}
const chain = (attestationSecurityLevel: string, keyMintSecurityLevel = attestationSecurityLevel) =>
  piece('android-key-attestation', { attestationSecurityLevel, keyMintSecurityLevel })
const now = { isAttestedItself: false, remembered: undefined }

describe('the installation key', () => {
  it('is called vouched if hardware signed along with it', () => {
    expect(holderKeyOf({ ...now, evidence: [piece('apple-app-attest')] })).toBe('vouched')
    expect(holderKeyOf({ ...now, evidence: [chain('TrustedEnvironment')] })).toBe('vouched')
    expect(holderKeyOf({ ...now, evidence: [chain('StrongBox')] })).toBe('vouched')
  })

  it('is called a hardware key if it is the attested key, in remembered evidence too', () => {
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
