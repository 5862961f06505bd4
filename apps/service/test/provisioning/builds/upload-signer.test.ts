import { createDeveloperCa, developerFaults, type DeveloperFault } from '@assay/testkit'
import { describe, expect, it } from 'vitest'
import { uploadSigner } from '../../../src/provisioning/builds/upload-signer.ts'

const team = 'ABCDE12345'
const now = Date.parse('2026-11-27T00:00:00Z')
const ca = createDeveloperCa(now / 1000)
const chain = (fault?: DeveloperFault) =>
  ca.certificates(team, fault).map((certificate) => certificate.toString('base64'))

const slice = (certificates: string[], teamId: string | null = team) => ({
  arch: 'arm64' as const,
  uuid: null,
  cdHash: '',
  identifier: 'com.example.app',
  hashType: 'sha256' as const,
  teamId,
  certificates,
})
const expected = { roots: [ca.root], teams: [team], known: [], now }
const signerOf = (slices: ReturnType<typeof slice>[], more = {}) =>
  uploadSigner({ format: 'ipa', codeSignature: slices }, { ...expected, ...more })

describe('an IPA', () => {
  it('by a certificate of Apple for the app’s team is known by it', () => {
    const signer = signerOf([slice(chain())])
    expect(signer).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), warnings: [] })
    expect(signerOf([slice(chain())], { known: ['0'.repeat(64)] }).warnings).toEqual([
      'signing_certificate_new',
    ])
    const certificates = chain()
    const { sha256 } = signerOf([slice(certificates)])
    expect(signerOf([slice(certificates)], { known: [sha256] }).warnings).toEqual([])
  })

  it('of a team that is not registered is told', () => {
    expect(signerOf([slice(chain())], { teams: [] }).warnings).toEqual(['team_unknown'])
  })

  it.each<readonly [string, ReturnType<typeof slice>[]]>([
    ['nobody has signed', []],
    ['has no signature of a developer', [slice([])]],
    ['names another team than its certificate', [slice(chain(), 'OTHER12345')]],
    ['has slices by two certificates', [slice(chain()), slice(chain())]],
    ['lacks the certificate of the issuer', [slice(chain().slice(0, 1))]],
    ...developerFaults.map((fault): [string, ReturnType<typeof slice>[]] => [
      `has certificates with a fault: ${fault}`,
      [slice(chain(fault))],
    ]),
    ['holds nonsense', [slice(['AAAA', 'AAAA'])]],
  ])('that %s is told', (_what, slices) => {
    expect(signerOf(slices)).toEqual({ sha256: undefined, warnings: ['signer_not_apple'] })
  })

  it('under another root is told, and other builds have no such signer', () => {
    expect(signerOf([slice(chain())], { roots: [] }).warnings).toEqual(['signer_not_apple'])
    expect(uploadSigner({ format: 'web', codeSignature: [] }, expected)).toEqual({
      sha256: undefined,
      warnings: [],
    })
  })
})
