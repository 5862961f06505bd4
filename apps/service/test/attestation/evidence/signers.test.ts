import { describe, expect, it } from 'vitest'
import { checkSigners, knownSigners, signersOf } from '../../../src/attestation/evidence/signers.ts'

const app = { signers: ['upload', 'old', 'own'], store_signers: ['store'], upload_signers: ['upload'] }
const signed = (...signers: string[]) => ({ app, build: { signers } })

describe('evidence may name', () => {
  it('the signers of the measured build, and those listed for the store', () => {
    expect(signersOf(signed('own'))).toEqual(['own', 'store'])
  })

  it('no signer that another build has or had', () => {
    expect(signersOf(signed('own'))).not.toContain('old')
  })

  it('no upload key, though the measured build carries it', () => {
    expect(signersOf(signed('upload'))).toEqual(['store'])
    expect(signersOf({ app: { ...app, store_signers: [] }, build: { signers: ['upload'] } })).toEqual([])
  })
})

describe('remembered evidence', () => {
  it('is read if it names a signer of the app', () => {
    expect(knownSigners(signed('own'))).toEqual(['upload', 'old', 'own', 'store'])
  })

  it('counts if it names signers of the measured build; otherwise the service asks for new evidence', () => {
    expect(() => checkSigners(['own'], signed('own'))).not.toThrow()
    expect(() => checkSigners([], signed('own'))).not.toThrow()
    expect(() => checkSigners(['own', 'old'], signed('own'))).toThrow(
      expect.objectContaining({ code: 'enrolment_required' }),
    )
  })
})
