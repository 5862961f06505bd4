import { describe, expect, it } from 'vitest'
import { measurementErrorCodes } from '@assay/measurement/codes'
import { headerNames, jwtTypes, paths } from '@assay/protocol'
import { families } from '../../src/wire/families/families.ts'
import { protocolPage, readProtocolPage } from '../../src/wire/protocol-page.ts'

const page = readProtocolPage()

describe('docs/protocol.md', () => {
  it('has its generated parts as the code has them: run `npm run wire -- write`', () => {
    expect(page === protocolPage(page)).toBe(true)
  })

  it('is held to the code: a part that was edited is written anew', () => {
    const edited = page.replace('assay/tag/1', 'assay/tag/2')
    expect(edited).not.toBe(page)
    expect(protocolPage(edited)).toBe(page)
  })

  it.each([
    ...measurementErrorCodes.filter((code) => /^(PLAN|IMAGE)_/.test(code)),
    ...Object.values(jwtTypes).filter((type) => type !== 'oauth-client-attestation+jwt'),
    headerNames.attestation,
    headerNames.attestationPop,
    headerNames.attestationChallenge,
    headerNames.dpop,
    headerNames.dpopNonce,
    headerNames.status,
    headerNames.trace,
    paths.challenges,
    paths.attestations,
    ...families.map(({ name }) => `\`${name}\``),
  ])('names %s', (term) => {
    expect(page).toContain(term)
  })
})
